"""The web site: pages rendered on the server, over the same services as the API."""

from gateway.site import routes

__all__ = ["routes"]
