"""What may be raised while an outsider's bytes are read: asn1crypto has no exception of its own for all of it."""

READING_FAULTS = (ValueError, TypeError, LookupError, OverflowError, RecursionError, AttributeError)
