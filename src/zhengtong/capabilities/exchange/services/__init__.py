"""Writing: runs, turns, alerts, held rows."""
