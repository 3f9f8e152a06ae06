"""The account: tier and limits."""

from aiohttp import web

from gateway.principal import principal_of
from gateway.site.render import render
from storage import accounts
from storage.jobs import count_unfinished


async def show(request: web.Request) -> web.Response:
    """GET /account."""
    principal = principal_of(request)
    unfinished = await count_unfinished(principal.user_id)
    return render(request, "account.html", tiers=await accounts.tiers(), unfinished=unfinished)
