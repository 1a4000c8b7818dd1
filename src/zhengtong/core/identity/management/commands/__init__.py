"""Commands of this module."""
