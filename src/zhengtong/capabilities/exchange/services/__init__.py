"""What is done to runs."""
"""Writing: runs, turns, alerts, held rows."""
