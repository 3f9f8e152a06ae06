"""What the page shows of a file."""
