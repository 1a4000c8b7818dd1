"""Views of electronic licences."""
