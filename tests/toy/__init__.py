"""A register of wells: the smallest module that has everything. Its screens are what the engine is tested on."""
