"""The desk of the supervision of sharing, and its public page."""
