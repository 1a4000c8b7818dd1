"""Pages of the desk of nodes."""
