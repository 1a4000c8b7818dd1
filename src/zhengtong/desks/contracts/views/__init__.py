"""Pages of the desk: asking, requests, contracts."""
