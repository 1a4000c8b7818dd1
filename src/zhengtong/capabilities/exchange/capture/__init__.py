"""Changes out of a source's log, and rows read again by their keys."""
