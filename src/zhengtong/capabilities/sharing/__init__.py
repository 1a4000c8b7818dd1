"""Supervision of sharing: what departments share, month by month, measured against targets."""
