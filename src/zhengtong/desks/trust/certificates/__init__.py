"""Certificates: applications, what was issued, lists, outside authorities, and a person's own."""
