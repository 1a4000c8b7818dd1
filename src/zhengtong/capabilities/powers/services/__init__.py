"""Writing the lists: compiling, reviewing, adjusting, and what the platform and the calendar do by themselves."""
