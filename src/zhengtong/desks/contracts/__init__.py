"""The desk of requests and contracts."""
