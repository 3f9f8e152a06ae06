"""What users are shown of rows: the bodies of API answers, and what the pages render."""
