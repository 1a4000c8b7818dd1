"""What may be done to requests and contracts: one function per act."""
