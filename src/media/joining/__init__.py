"""From segments to a result: its tracks, its file, and the check of it."""
