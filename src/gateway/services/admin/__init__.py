"""What the API and the pages of admins share."""
