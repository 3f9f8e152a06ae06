"""How well an engine swaps faces of people whom no training has seen, in figures and in a picture.

The measures are plain functions of arrays; `evaluation.run` brings faces, engine and measures together.
"""
