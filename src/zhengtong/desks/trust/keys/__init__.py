"""The desk of the custodians: what keys there are, what was done with them, what two of three have to decide."""
