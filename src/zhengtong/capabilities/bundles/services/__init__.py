"""What is done to bundles."""
