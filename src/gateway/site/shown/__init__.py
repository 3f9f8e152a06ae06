"""Rows in the words of a page: what a template prints without working anything out."""
