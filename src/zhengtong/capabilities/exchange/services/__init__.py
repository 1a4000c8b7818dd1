"""What is done: runs, turns, alerts, held rows."""
