"""Checks what 政通 proves, without 政通: no database, no Django, only the evidence and public certificates."""
