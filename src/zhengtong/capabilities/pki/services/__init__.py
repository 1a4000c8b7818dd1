"""Acts of the authority: founding it, issuing, revoking, publishing lists, taking in others."""
