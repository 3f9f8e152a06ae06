"""Dead letters."""

from aiohttp import web

from contracts.errors import Reason
from gateway.admin.guard import by_of
from gateway.admin.views import LetterView
from gateway.api.operation import Operation
from gateway.bodies import answer, path_number, read_query
from gateway.pages import numbered, page
from gateway.requests import PageQuery
from gateway.views.base import Page
from storage.admin import letters


async def _list(request: web.Request) -> web.Response:
    query = read_query(request, PageQuery)
    found, cursor = await page(letters.find_letters, query.cursor, query.limit, numbered)
    return answer(Page[LetterView](items=[LetterView.of(letter) for letter in found], next_cursor=cursor))


async def _replay(request: web.Request) -> web.Response:
    await letters.replay_letter(by_of(request), path_number(request, "letter"))
    return web.Response(status=204)


async def _discard(request: web.Request) -> web.Response:
    await letters.discard_letter(by_of(request), path_number(request, "letter"))
    return web.Response(status=204)


OPERATIONS = (
    Operation(
        "GET", "/admin/letters", _list, "Messages that an actor gave up on, newest first", query=PageQuery,
        answer=Page[LetterView], admin=True,
    ),
    Operation(
        "POST", "/admin/letters/{letter}/replay", _replay, "Send such a message again", status=204,
        admin=True, problems=(Reason.CONFLICT,),
    ),
    Operation(
        "DELETE", "/admin/letters/{letter}", _discard, "Throw such a message away", status=204, admin=True,
    ),
)  # fmt: skip
