"""What is done to runs."""
