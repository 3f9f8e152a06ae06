"""The JSON API below /api/v1."""

from gateway.api import routes

__all__ = ["routes"]
