"""What the actors say to each other: subjects, messages, states, tier policy, settings, errors.

This floor imports nothing of ours; everyone may import it.
"""
