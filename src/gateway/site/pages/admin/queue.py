"""The queue as it is now, and maintenance."""

from aiohttp import web

from contracts.errors import VisageError
from contracts.tiers import EVERYTHING
from gateway.admin.guard import by_of
from gateway.admin.requests import PauseRequest
from gateway.bodies import validate
from gateway.context import gateway_of
from gateway.problems import status_of
from gateway.services.admin.queue import look_at_queue
from gateway.site.forms import text_fields
from gateway.site.render import render
from storage import accounts
from storage.admin import pauses

TOP = 50


async def show(request: web.Request) -> web.Response:
    """GET /admin."""
    return await _page(request)


async def pause(request: web.Request) -> web.Response:
    """POST /admin/pause: of the tier in `scope`, or of everything."""
    fields = await text_fields(request)
    try:
        wanted = validate(PauseRequest, {"note": fields.get("note", "")})
        await pauses.pause(by_of(request), fields.get("scope", EVERYTHING), wanted.note)
    except VisageError as error:
        return await _page(request, error)
    raise web.HTTPSeeOther("/admin")


async def resume(request: web.Request) -> web.Response:
    """POST /admin/resume."""
    fields = await text_fields(request)
    try:
        await pauses.resume(by_of(request), fields.get("scope", EVERYTHING))
    except VisageError as error:
        return await _page(request, error)
    raise web.HTTPSeeOther("/admin")


async def _page(request: web.Request, error: VisageError | None = None) -> web.Response:
    view = await look_at_queue(gateway_of(request).bus, TOP)
    tiers = await accounts.tiers()
    held = {pause.scope for pause in view.pauses}
    return render(
        request,
        "admin/queue.html",
        status=status_of(error.reason) if error else 200,
        error=error.message if error else None,
        queue=view,
        titles={tier.name: tier.title for tier in tiers},
        everything=EVERYTHING,
        pausable=[tier for tier in tiers if tier.name not in held],
        held=held,
    )
