"""The desk of the catalogue."""
