"""What holds for every module, whoever writes it."""
