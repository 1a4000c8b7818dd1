"""Outside systems that people sign in to through the platform: an OpenID provider and its registry."""
