"""The toy module's tables."""
