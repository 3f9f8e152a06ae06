"""Pages for users only: whoever is not logged in is asked to, and then led back. Pages for admins."""

from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import quote

from aiohttp import web

from gateway.admin.guard import admin_of
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


def admins_only(page: Page) -> Page:
    """`page` behind the log-in, and not there for users who are no admins."""

    @wraps(page)
    async def guarded(request: web.Request) -> web.Response:
        admin_of(request)
        return await page(request)

    return members_only(guarded)
