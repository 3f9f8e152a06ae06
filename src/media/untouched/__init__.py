"""Untouched stays untouched: which packets of a source may stand in its result, and where they meet encoded ones."""
