"""API keys."""

from aiohttp import web

from contracts.errors import VisageError
from contracts.scopes import Scope
from gateway.bodies import path_id, validate
from gateway.context import gateway_of
from gateway.principal import principal_of
from gateway.problems import status_of
from gateway.requests import KeyRequest
from gateway.services import keys
from gateway.site.forms import text_fields
from gateway.site.render import render


async def show(request: web.Request) -> web.Response:
    """GET /keys."""
    return await _page(request)


async def create(request: web.Request) -> web.Response:
    """POST /keys: the answer shows the key, this once."""
    form = await text_fields(request)
    try:
        scope = form.get("scope", Scope.USER)
        wanted = validate(KeyRequest, {"name": form.get("name", ""), "scope": scope})
        keys.check_scope(principal_of(request), wanted.scope)
        _, text = await keys.create_key(principal_of(request).user, wanted.name, wanted.scope)
    except VisageError as error:
        return await _page(request, error=error)
    return await _page(request, secret=text)


async def revoke(request: web.Request) -> web.Response:
    """POST /keys/{id}/revoke."""
    await keys.revoke_key(principal_of(request).user, path_id(request, "id"))
    raise web.HTTPSeeOther("/keys")


async def _page(
    request: web.Request, secret: str | None = None, error: VisageError | None = None
) -> web.Response:
    return render(
        request,
        "keys.html",
        status=status_of(error.reason) if error else 200,
        error=error.message if error else None,
        secret=secret,
        keys=await keys.list_keys(principal_of(request).user),
        public_url=gateway_of(request).public_url,
    )
