"""The screens' commands, one file each."""
