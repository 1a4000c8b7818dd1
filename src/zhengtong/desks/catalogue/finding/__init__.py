"""Pages for finding data: search for staff and the public, an entry as its users read it, who gives what to whom."""
