"""What admins read and change. Every change is written with its audit entry in one transaction."""
