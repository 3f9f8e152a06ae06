"""Pauses for maintenance."""

from aiohttp import web
from pydantic import RootModel

from gateway.admin.guard import by_of
from gateway.admin.requests import PauseRequest
from gateway.admin.views import PauseView
from gateway.api.operation import Operation
from gateway.bodies import answer, read_json
from storage.admin import pauses


class PauseList(RootModel[list[PauseView]]):
    """Pauses that hold, the oldest first."""


async def _list(request: web.Request) -> web.Response:
    return answer(PauseList([PauseView.of(pause) for pause in await pauses.pauses()]))


async def _pause(request: web.Request) -> web.Response:
    scope, wanted = request.match_info["scope"], await read_json(request, PauseRequest)
    return answer(PauseView.of(await pauses.pause(by_of(request), scope, wanted.note)))


async def _resume(request: web.Request) -> web.Response:
    await pauses.resume(by_of(request), request.match_info["scope"])
    return web.Response(status=204)


OPERATIONS = (
    Operation("GET", "/admin/pauses", _list, "Pauses that hold", answer=PauseList, admin=True),
    Operation(
        "PUT", "/admin/pauses/{scope}", _pause, "Start nothing new of a tier, or of `everything`",
        body=PauseRequest, answer=PauseView, admin=True,
    ),
    Operation("DELETE", "/admin/pauses/{scope}", _resume, "Go on at once", status=204, admin=True),
)  # fmt: skip
