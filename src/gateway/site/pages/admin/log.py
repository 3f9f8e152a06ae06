"""What admins did."""

from functools import partial
from urllib.parse import urlencode

from aiohttp import web

from gateway.admin.requests import AuditQuery
from gateway.admin.views import DeedView
from gateway.bodies import validate
from gateway.pages import numbered, page
from gateway.site.render import render
from gateway.site.shown.deed import DeedShown
from storage.admin.deeds import deeds

PAGE = 50


async def show(request: web.Request) -> web.Response:
    """GET /admin/log?subject=&by=."""
    given = {name: value for name, value in request.query.items() if value}
    query = validate(AuditQuery, {**given, "limit": PAGE})
    found, cursor = await page(
        partial(deeds, subject=query.subject, by=query.by), query.cursor, PAGE, numbered
    )
    given.pop("cursor", None)
    return render(
        request,
        "admin/log.html",
        deeds=[DeedShown.of(DeedView.of(deed)) for deed in found],
        next_page=f"/admin/log?{urlencode({**given, 'cursor': cursor})}" if cursor else None,
    )
