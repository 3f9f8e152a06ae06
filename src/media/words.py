"""Errors of libraries as users may read them."""


def words_of(error: Exception) -> str:
    """What went wrong, without the files of ours that FFmpeg and the system name with it."""
    said = getattr(error, "strerror", None)
    return str(said or error).rstrip(".")
