"""Data that flows under contracts."""
