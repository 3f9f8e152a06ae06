"""Weights: taken from the files that people have without running a line of their code, kept as safetensors."""
