"""How each kind of source is read and written: one file a kind, opened by its name."""
