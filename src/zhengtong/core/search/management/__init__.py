"""The search's own commands."""
