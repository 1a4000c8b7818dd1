"""Compiling processes and tables, running instances, moving them between versions."""
