"""Interfaces over HTTP: asking with limits, posting rows in batches."""
