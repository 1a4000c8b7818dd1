"""What is done: runs, turns, alerts, held rows."""
"""What is done to runs."""
