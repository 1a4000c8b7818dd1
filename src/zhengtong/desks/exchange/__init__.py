"""The desk of the exchange."""
