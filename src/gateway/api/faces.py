"""The face library."""

from collections.abc import AsyncIterator

from aiohttp import BodyPartReader, web
from pydantic import RootModel

from contracts.errors import Reason, RequestError
from gateway.api.files import send_object
from gateway.api.operation import Operation
from gateway.arrival import arriving
from gateway.bodies import answer, path_id
from gateway.context import gateway_of
from gateway.principal import principal_of
from gateway.services import faces, mixing
from gateway.services.uploads import FACE, clean_name
from gateway.views.faces import FaceView

_CHUNK_BYTES = 2**16


class FaceList(RootModel[list[FaceView]]):
    """Faces of the library, newest first."""


async def _list(request: web.Request) -> web.Response:
    found = await faces.list_faces(principal_of(request))
    return answer(FaceList(await mixing.face_views(found)))


async def _get(request: web.Request) -> web.Response:
    face = await faces.get_face(principal_of(request), path_id(request, "face_id"))
    return answer(await mixing.face_view(face))


async def _add(request: web.Request) -> web.Response:
    principal = principal_of(request)
    part = await photo_part(request)
    face = await faces.add_photo(
        gateway_of(request),
        principal,
        clean_name(part.filename or "", FACE),
        part.headers.get("Content-Type"),
        chunks(part),
    )
    return answer(FaceView.of(face), status=201, Location=f"/api/v1/faces/{face.id}")


async def photo_part(request: web.Request) -> BodyPartReader:
    """The photo of a form.

    Raises:
        RequestError: INVALID where there is none.
    """
    if request.content_type != "multipart/form-data":
        raise web.HTTPUnsupportedMediaType(
            text="Send the photo as multipart/form-data, in a field called photo."
        )
    with arriving():
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "photo":
                return part
    message = "Send the photo in a field called photo."
    raise RequestError(Reason.INVALID, message, errors=[{"field": "photo", "message": message}])


async def chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    """The bytes of a part as they arrive."""
    while chunk := await _chunk(part):
        yield chunk


async def _chunk(part: BodyPartReader) -> bytes:
    with arriving():
        return bytes(await part.read_chunk(_CHUNK_BYTES))


async def _thumbnail(request: web.Request) -> web.StreamResponse:
    face = await faces.get_face(principal_of(request), path_id(request, "face_id"))
    return await send_object(request, gateway_of(request).store, face.thumbnail_key, "image/jpeg")


async def _remove(request: web.Request) -> web.Response:
    await faces.remove_face(gateway_of(request), principal_of(request), path_id(request, "face_id"))
    return web.Response(status=204)


PHOTO_FORM = {
    "type": "object",
    "required": ["photo"],
    "properties": {"photo": {"type": "string", "format": "binary"}},
}
PHOTO_REFUSALS = (
    Reason.NOT_A_PICTURE, Reason.EMPTY_FILE, Reason.SIZE_LIMIT, Reason.NO_FACE, Reason.SEVERAL_FACES,
    Reason.FACE_TOO_SMALL, Reason.FACE_BLURRED, Reason.FACE_TURNED,
)  # fmt: skip

OPERATIONS = (
    Operation("GET", "/faces", _list, "Faces of the library", answer=FaceList),
    Operation(
        "POST", "/faces", _add, "Add the face of a photo", form={"multipart/form-data": PHOTO_FORM},
        answer=FaceView, status=201, problems=PHOTO_REFUSALS,
    ),
    Operation("GET", "/faces/{face_id}", _get, "One face", answer=FaceView, problems=(Reason.NOT_FOUND,)),
    Operation(
        "GET", "/faces/{face_id}/thumbnail", _thumbnail, "A square picture of the face", content="image/jpeg",
        problems=(Reason.NOT_FOUND,),
    ),
    Operation(
        "DELETE", "/faces/{face_id}", _remove, "Take a face out of the library", status=204,
        problems=(Reason.NOT_FOUND, Reason.CONFLICT),
    ),
)  # fmt: skip
