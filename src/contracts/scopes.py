"""What an API key opens."""

from enum import StrEnum


class Scope(StrEnum):
    """The reach of an API key. Whatever the key says, its owner must be an admin for the second."""

    USER = "user"  # what its owner has
    ADMIN = "admin"  # the service too
