"""What is done with sources: one function an act."""
