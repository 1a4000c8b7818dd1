"""The screens' commands."""
