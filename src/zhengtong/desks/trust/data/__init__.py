"""Data keys: which are in use, putting a new one in use, how far sealing anew has come."""
