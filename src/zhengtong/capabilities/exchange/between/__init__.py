"""Batches between nodes: a sealed batch of data travels as a message and is landed in a target of the other side."""
