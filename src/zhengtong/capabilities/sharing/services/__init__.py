"""Writing: targets, rectifications, circulars."""
