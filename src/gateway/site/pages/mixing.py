"""The page where faces are mixed: how much of whom, and a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from aiohttp import web

from contracts.errors import Reason, RequestError, VisageError
from contracts.mixes import MOST_PARTS
from gateway.bodies import validate
from gateway.context import gateway_of
from gateway.principal import principal_of
from gateway.problems import status_of
from gateway.requests import MixRequest
from gateway.services import faces, mixing
from gateway.site.forms import text_fields
from gateway.site.render import render
from gateway.site.texts import t

_FIELD = "weight-"


@dataclass(frozen=True)
class _Row:
    """A face of the library and how far its slider is pushed, 0 to 100."""

    id: UUID
    name: str
    thumbnail_url: str
    weight: int


async def show(request: web.Request) -> web.Response:
    """GET /faces/mix."""
    return await _page(request, {})


async def mix(request: web.Request) -> web.Response:
    """POST /faces/mix: make the face, or say why not."""
    form = await text_fields(request)
    try:
        face = await mixing.mix_faces(gateway_of(request), principal_of(request), _request(form))
    except VisageError as error:
        return await _page(request, form, error)
    raise web.HTTPSeeOther(f"/faces/{face.id}")


def _request(form: Mapping[str, str]) -> MixRequest:
    pushed = [name for name in form if name.startswith(_FIELD) and _weight(form, name) > 0]
    if not 2 <= len(pushed) <= MOST_PARTS:
        message = t("Push the sliders of at least two faces, and of {most} at most.", most=MOST_PARTS)
        raise RequestError(Reason.INVALID, message)
    if not form.get("name", "").strip():
        raise RequestError(Reason.INVALID, t("Give the new face a name."))
    parts = [{"face_id": name.removeprefix(_FIELD), "weight": _weight(form, name)} for name in pushed]
    return validate(MixRequest, {"name": form["name"], "parts": parts})


def _weight(form: Mapping[str, str], name: str) -> int:
    text = form.get(name, "")
    return min(100, int(text)) if text.isascii() and text.isdigit() and len(text) < 4 else 0


async def _page(
    request: web.Request, form: Mapping[str, str], error: VisageError | None = None
) -> web.Response:
    library = await faces.list_faces(principal_of(request))
    rows = [
        _Row(face.id, face.name, f"/api/v1/faces/{face.id}/thumbnail", _weight(form, f"{_FIELD}{face.id}"))
        for face in library
    ]
    return render(
        request,
        "mix.html",
        status=status_of(error.reason) if error else 200,
        rows=rows,
        name=form.get("name", ""),
        error=error.message if error else None,
    )
