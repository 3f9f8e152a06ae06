"""The face library, and one face of it."""

from aiohttp import web

from contracts.errors import VisageError
from contracts.mixes import MOST_PHOTOS
from gateway.bodies import path_id
from gateway.context import gateway_of
from gateway.principal import principal_of
from gateway.problems import status_of
from gateway.services import faces, mixing
from gateway.site.render import render
from gateway.site.shown.face import FaceShown


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


async def show(request: web.Request) -> web.Response:
    """GET /faces/{id}."""
    return await _one(request)


async def delete_photo(request: web.Request) -> web.Response:
    """POST /faces/{id}/photos/{photo_id}/delete."""
    face_id, photo_id = path_id(request, "id"), path_id(request, "photo_id")
    try:
        await mixing.remove_photo(gateway_of(request), principal_of(request), face_id, photo_id)
    except VisageError as error:
        return await _one(request, error)
    raise web.HTTPSeeOther(f"/faces/{face_id}")


async def _page(request: web.Request, error: VisageError | None = None) -> web.Response:
    views = await mixing.face_views(await faces.list_faces(principal_of(request)))
    found = [FaceShown.of(view) for view in views]
    status = status_of(error.reason) if error else 200
    return render(request, "faces.html", status=status, faces=found, error=error.message if error else None)


async def _one(request: web.Request, error: VisageError | None = None) -> web.Response:
    face = await faces.get_face(principal_of(request), path_id(request, "id"))
    shown = FaceShown.of(await mixing.face_view(face))
    return render(
        request,
        "face.html",
        status=status_of(error.reason) if error else 200,
        face=shown,
        full=len(shown.photos) >= MOST_PHOTOS,
        error=error.message if error else None,
    )
