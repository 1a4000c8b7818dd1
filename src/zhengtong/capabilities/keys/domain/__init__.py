"""Rules of keys, without a database."""
