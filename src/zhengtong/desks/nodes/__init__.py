"""The desk of nodes."""
