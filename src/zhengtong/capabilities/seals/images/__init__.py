"""Pictures of seals as vectors: every character an outline, so that no font is needed where they are shown."""
