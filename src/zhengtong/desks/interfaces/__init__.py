"""The desk of published services."""
