"""How a window is carried from its source to its target: the seven steps."""
