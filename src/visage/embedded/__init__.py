"""Real servers from packages, for development, demonstration and tests."""
