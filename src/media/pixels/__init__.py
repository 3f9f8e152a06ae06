"""Frames and their pixels: colors, fields, sizes, painting."""
