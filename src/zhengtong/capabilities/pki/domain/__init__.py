"""Certificates as bytes: names, profiles, what is signed, what is asked for. No database and no keys here."""
