"""The pages of the desk of seals."""
