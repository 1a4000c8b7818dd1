"""The pages of the physical hall."""
