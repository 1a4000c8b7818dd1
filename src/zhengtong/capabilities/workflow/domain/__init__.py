"""Processes as plain rules: reading the drawing, finding faults in it, decision tables, tokens. No database in here."""
