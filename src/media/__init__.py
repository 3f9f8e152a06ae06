"""Containers, codecs and pictures, exactly: probe, plan, read a range, encode, join. A plain library."""
