"""The search's commands, one file each."""
