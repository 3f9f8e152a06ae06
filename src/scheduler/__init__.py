"""Plans jobs, shares GPU time fairly between users, releases segments and follows them to their end."""
