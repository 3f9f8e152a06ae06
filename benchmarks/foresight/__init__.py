"""What users were told of the future, kept beside what then happened."""
