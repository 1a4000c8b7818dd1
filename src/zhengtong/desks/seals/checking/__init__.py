"""The public page, and the interface for programs, where anyone checks the seals on a file."""
