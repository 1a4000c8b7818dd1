"""The pages of ratings: of the public, and of those who follow up bad ones."""
