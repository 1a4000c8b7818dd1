"""Files as tables, wherever they lie: reading and writing formats, and the place they are kept in."""
