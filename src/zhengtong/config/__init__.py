"""Settings, addresses, servers: the only place that knows every module is there."""
