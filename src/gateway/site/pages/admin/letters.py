"""Dead letters."""

from aiohttp import web

from contracts.errors import VisageError
from gateway.admin.guard import by_of
from gateway.admin.views import LetterView
from gateway.bodies import path_number
from gateway.pages import numbered, page
from gateway.problems import status_of
from gateway.site.render import render
from storage.admin import letters

PAGE = 20


async def show(request: web.Request) -> web.Response:
    """GET /admin/letters."""
    return await _page(request)


async def act(request: web.Request) -> web.Response:
    """POST /admin/letters/{letter}/replay, and discard."""
    deed = letters.replay_letter if request.match_info["deed"] == "replay" else letters.discard_letter
    try:
        await deed(by_of(request), path_number(request, "letter"))
    except VisageError as error:
        return await _page(request, error)
    raise web.HTTPSeeOther("/admin/letters")


async def _page(request: web.Request, error: VisageError | None = None) -> web.Response:
    found, cursor = await page(letters.find_letters, request.query.get("cursor"), PAGE, numbered)
    return render(
        request,
        "admin/letters.html",
        status=status_of(error.reason) if error else 200,
        error=error.message if error else None,
        letters=[LetterView.of(letter) for letter in found],
        next_page=f"/admin/letters?cursor={cursor}" if cursor else None,
    )
