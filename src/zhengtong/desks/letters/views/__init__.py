"""The pages of letters: of the public, and of those who work on them."""
