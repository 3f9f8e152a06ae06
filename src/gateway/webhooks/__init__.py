"""Telling customers' systems, an actor of its own: a slow receiver must not slow the site."""
