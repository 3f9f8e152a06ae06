"""Pages for users only: whoever is not logged in is asked to, and then led back."""

from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import quote

from aiohttp import web

from gateway.principal import PRINCIPAL

Page = Callable[[web.Request], Awaitable[web.Response]]


def members_only(page: Page) -> Page:
    """`page` behind the log-in."""

    @wraps(page)
    async def guarded(request: web.Request) -> web.Response:
        if PRINCIPAL not in request:
            back = f"?next={quote(request.path_qs)}" if request.method == "GET" else ""
            raise web.HTTPSeeOther(f"/login{back}")
        return await page(request)

    return guarded
