"""The kernel's commands, one file each."""
