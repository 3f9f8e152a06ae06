"""The agent: pulls segments, swaps faces in them, stores the result. Knows no database."""
