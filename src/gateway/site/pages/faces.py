"""The face library."""

from aiohttp import web

from contracts.errors import VisageError
from gateway.bodies import path_id
from gateway.context import gateway_of
from gateway.principal import principal_of
from gateway.problems import status_of
from gateway.services import faces
from gateway.site.render import render
from gateway.views import FaceView


async def library(request: web.Request) -> web.Response:
    """GET /faces."""
    return await _page(request)


async def delete(request: web.Request) -> web.Response:
    """POST /faces/{id}/delete."""
    try:
        await faces.remove_face(gateway_of(request), principal_of(request), path_id(request, "id"))
    except VisageError as error:
        return await _page(request, error)
    raise web.HTTPSeeOther("/faces")


async def _page(request: web.Request, error: VisageError | None = None) -> web.Response:
    found = [FaceView.of(face) for face in await faces.list_faces(principal_of(request))]
    status = status_of(error.reason) if error else 200
    return render(request, "faces.html", status=status, faces=found, error=error.message if error else None)
