"""Writing seals: applications, making, use, batches, authorisations."""
