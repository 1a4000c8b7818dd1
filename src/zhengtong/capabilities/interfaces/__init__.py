"""Published services and subscriptions."""
