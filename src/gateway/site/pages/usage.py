"""What one was charged."""

from aiohttp import web

from gateway.principal import principal_of
from gateway.services.usage import usage_of
from gateway.site.render import render

DAYS = 30


async def show(request: web.Request) -> web.Response:
    """GET /usage."""
    return render(request, "usage.html", usage=await usage_of(principal_of(request).user_id, DAYS), days=DAYS)
