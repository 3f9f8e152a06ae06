"""Containers as they are read: opening them, their indexes, what is refused."""
