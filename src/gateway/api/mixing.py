"""Further photos of a face, and faces mixed from others."""

from aiohttp import web

from contracts.errors import Reason
from gateway.api.faces import PHOTO_FORM, PHOTO_REFUSALS, chunks, photo_part
from gateway.api.files import send_object
from gateway.api.operation import Operation
from gateway.bodies import answer, path_id, read_json
from gateway.context import gateway_of
from gateway.principal import principal_of
from gateway.requests import MixRequest, Mixture
from gateway.services import mixing
from gateway.services.uploads import FACE, clean_name
from gateway.views.faces import FaceView


async def _mix(request: web.Request) -> web.Response:
    wanted = await read_json(request, MixRequest)
    face = await mixing.mix_faces(gateway_of(request), principal_of(request), wanted)
    return answer(await mixing.face_view(face), status=201, Location=f"/api/v1/faces/{face.id}")


async def _preview(request: web.Request) -> web.Response:
    mixture = await read_json(request, Mixture)
    picture = await mixing.preview_mix(gateway_of(request), principal_of(request), mixture)
    return web.Response(body=picture, content_type="image/jpeg")


async def _add(request: web.Request) -> web.Response:
    part = await photo_part(request)
    face = await mixing.add_photo(
        gateway_of(request),
        principal_of(request),
        path_id(request, "face_id"),
        clean_name(part.filename or "", FACE),
        part.headers.get("Content-Type"),
        chunks(part),
    )
    return answer(await mixing.face_view(face), status=201)


async def _thumbnail(request: web.Request) -> web.StreamResponse:
    photo = await mixing.get_photo(
        principal_of(request), path_id(request, "face_id"), path_id(request, "photo_id")
    )
    return await send_object(request, gateway_of(request).store, photo.thumbnail_key or "", "image/jpeg")


async def _remove(request: web.Request) -> web.Response:
    face_id, photo_id = path_id(request, "face_id"), path_id(request, "photo_id")
    await mixing.remove_photo(gateway_of(request), principal_of(request), face_id, photo_id)
    return web.Response(status=204)


OPERATIONS = (
    Operation(
        "POST", "/faces/mix", _mix, "Mix a new face from two or more, with weights", body=MixRequest,
        answer=FaceView, status=201, problems=(Reason.NOT_FOUND, Reason.OBJECT_MISSING),
    ),
    Operation(
        "POST", "/faces/mix/preview", _preview, "How a mixed face would look; nothing is kept", body=Mixture,
        content="image/jpeg", problems=(Reason.NOT_FOUND, Reason.OBJECT_MISSING),
    ),
    Operation(
        "POST", "/faces/{face_id}/photos", _add, "Add a photo of the same person to a face",
        form={"multipart/form-data": PHOTO_FORM}, answer=FaceView, status=201,
        problems=(*PHOTO_REFUSALS, Reason.DIFFERENT_PERSON, Reason.NOT_FOUND, Reason.CONFLICT),
    ),
    Operation(
        "GET", "/faces/{face_id}/photos/{photo_id}/thumbnail", _thumbnail, "A square picture of a further photo",
        content="image/jpeg", problems=(Reason.NOT_FOUND,),
    ),
    Operation(
        "DELETE", "/faces/{face_id}/photos/{photo_id}", _remove, "Take a further photo from a face", status=204,
        problems=(Reason.NOT_FOUND, Reason.INVALID, Reason.CONFLICT),
    ),
)  # fmt: skip
