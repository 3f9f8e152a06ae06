"""What only admins may ask for and see: who they are, what they send, what they are shown."""
