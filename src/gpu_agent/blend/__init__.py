"""Swapped squares blended into their frames."""
