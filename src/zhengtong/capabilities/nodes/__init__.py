"""Other platforms that this one exchanges with."""
