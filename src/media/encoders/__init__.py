"""Encoders: which one writes a result like its source, in what pixel format, and with what settings."""
