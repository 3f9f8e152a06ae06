"""Training of our own network, and its evaluation."""
