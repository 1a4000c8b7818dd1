"""The notices and decisions of a case: typst templates, and what each is filled with."""
