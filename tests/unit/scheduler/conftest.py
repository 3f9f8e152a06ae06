"""Property tests may take as long as the machine needs: a deadline would be an assertion about its load."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
