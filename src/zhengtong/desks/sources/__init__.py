"""The desk of data sources."""
