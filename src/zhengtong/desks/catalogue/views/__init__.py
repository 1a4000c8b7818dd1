"""The pages of the catalogue's compiling."""
