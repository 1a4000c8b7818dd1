"""What time stamps are made of: plain rules, no Django."""
