"""The people of an upload, for jobs that give each of them another face."""

from aiohttp import web

from contracts.errors import Reason
from contracts.states import CastState
from gateway.api.files import send_object
from gateway.api.operation import Operation
from gateway.bodies import answer, path_id
from gateway.context import gateway_of
from gateway.people import CastView
from gateway.principal import principal_of
from gateway.services import persons
from storage import keys


async def _find(request: web.Request) -> web.Response:
    upload_id = path_id(request, "upload_id")
    cast = await persons.find_persons(gateway_of(request), principal_of(request), upload_id)
    return answer(CastView.of(cast), status=202 if cast.state is CastState.SEARCHING else 200)


async def _get(request: web.Request) -> web.Response:
    return answer(CastView.of(await persons.get_cast(principal_of(request), path_id(request, "upload_id"))))


async def _thumbnail(request: web.Request) -> web.StreamResponse:
    upload_id, name = path_id(request, "upload_id"), request.match_info["person"]
    await persons.check_person(principal_of(request), upload_id, name)
    key = keys.upload_person(upload_id, name)
    return await send_object(request, gateway_of(request).store, key, "image/jpeg")


OPERATIONS = (
    Operation(
        "POST", "/uploads/{upload_id}/persons", _find, "Have the people of an upload found", answer=CastView,
        status=202, problems=(Reason.NOT_FOUND, Reason.UPLOAD_NOT_READY),
    ),
    Operation(
        "GET", "/uploads/{upload_id}/persons", _get, "The people that were found in an upload", answer=CastView,
        problems=(Reason.NOT_FOUND,),
    ),
    Operation(
        "GET", "/uploads/{upload_id}/persons/{person}/thumbnail", _thumbnail, "A square picture of a person",
        content="image/jpeg", problems=(Reason.NOT_FOUND,),
    ),
)  # fmt: skip
