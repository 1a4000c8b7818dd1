"""What people do, in a real browser against the real servers; one file a duty."""
