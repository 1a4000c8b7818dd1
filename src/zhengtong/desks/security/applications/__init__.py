"""The registry of applications at the desk: who asked for what, who signs in where, what was told to whom."""
