"""Mutated real files against everything that parses what users send: see docs/media.md, "Hostile files"."""
