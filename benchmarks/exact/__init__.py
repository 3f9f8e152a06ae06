"""Whether a result is its upload with another face, and nothing else different."""
