"""The pages of signing in by more than a password, and of what one has for that."""
