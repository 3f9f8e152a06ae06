"""What admins did."""

from functools import partial

from aiohttp import web

from gateway.admin.requests import AuditQuery
from gateway.admin.views import DeedView
from gateway.api.operation import Operation
from gateway.bodies import answer, read_query
from gateway.pages import numbered, page
from gateway.views.base import Page
from storage.admin.deeds import deeds


async def _list(request: web.Request) -> web.Response:
    query = read_query(request, AuditQuery)
    fetch = partial(deeds, subject=query.subject, by=query.by)
    found, cursor = await page(fetch, query.cursor, query.limit, numbered)
    return answer(Page[DeedView](items=[DeedView.of(deed) for deed in found], next_cursor=cursor))


OPERATIONS = (
    Operation(
        "GET", "/admin/audit", _list, "What admins changed, with before and after, newest first",
        query=AuditQuery, answer=Page[DeedView], admin=True,
    ),
)  # fmt: skip
