"""What a reader sees when something went wrong."""

from aiohttp import web

from contracts.errors import Failure
from gateway.site.render import render
from gateway.site.texts import t

_TITLES = {
    401: "Please log in",
    403: "This cannot be done",
    404: "Nothing here",
    409: "Not possible at the moment",
    429: "A little too fast",
    500: "Our mistake",
    503: "Back in a moment",
}


async def error_page(request: web.Request, failure: Failure, status: int) -> web.Response:
    """A failure as a page of the site."""
    title = t(_TITLES.get(status, "This did not work"))
    return render(request, "error.html", status=status, code=status, title=title, message=failure.message)
