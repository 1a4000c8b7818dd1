"""Trusted time: the state of the clock, the register of time stamps, checking one."""
