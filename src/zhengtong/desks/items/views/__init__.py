"""Views of the items desk."""
