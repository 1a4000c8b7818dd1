"""Pages of the items desk."""
