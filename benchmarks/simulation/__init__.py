"""A simulator of slots that serve users by a rule: pure, seeded, its clock is simulated."""
