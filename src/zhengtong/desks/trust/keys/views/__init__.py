"""The custodians' pages."""
