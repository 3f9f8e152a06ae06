"""tus 1.0: core, creation, creation-with-upload, termination, expiration. https://tus.io/protocols/resumable-upload"""

import base64
import binascii
from datetime import UTC
from email.utils import format_datetime
from uuid import UUID

from aiohttp import web
from aiohttp.typedefs import Handler

from contracts.errors import Reason, RequestError, VisageError
from contracts.states import UploadState
from gateway.api.operation import PREFIX, Operation
from gateway.bodies import path_id
from gateway.context import gateway_of
from gateway.middleware.tracing import REQUEST_ID
from gateway.principal import PRINCIPAL, principal_of
from gateway.problems import problem_response, status_of
from gateway.services import uploads
from gateway.services.uploads import NewUpload
from storage.models import Upload

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration"
BYTES = "application/offset+octet-stream"


def _headers(**more: str) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return {"Tus-Resumable": VERSION, **named}


def _standing(upload: Upload) -> dict[str, str]:
    headers = _headers(Upload_Offset=str(upload.offset))
    if upload.state is UploadState.OPEN:
        headers["Upload-Expires"] = format_datetime(upload.expires_at.astimezone(UTC), usegmt=True)
    return headers


def _check_version(request: web.Request) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise RequestError(
            Reason.UNSUPPORTED_VERSION, f"Send the header Tus-Resumable: {VERSION}.", version=VERSION
        )


def _tus(handler: Handler) -> Handler:
    """Let refusals bear the headers that tus asks for, and end the connection: the body was not read."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except VisageError as error:
            response = problem_response(error.failure, status_of(error.reason), request[REQUEST_ID])
            response.headers.update(_headers(Tus_Version=VERSION))
            response.force_close()
            return response

    return handle


async def _options(request: web.Request) -> web.Response:
    headers = _headers(Tus_Version=VERSION, Tus_Extension=EXTENSIONS)
    principal = request.get(PRINCIPAL)
    if principal is not None:
        headers["Tus-Max-Size"] = str(principal.tier.max_bytes)
    return web.Response(status=204, headers=headers)


async def _create(request: web.Request) -> web.Response:
    principal = principal_of(request)
    _check_version(request)
    upload = await uploads.create_upload(gateway_of(request), principal, _new_upload(request))
    if request.body_exists and request.content_type == BYTES:
        upload = await _append(request, upload, 0)
    location = f"{PREFIX}/uploads/{upload.id}"
    return web.Response(status=201, headers=_standing(upload) | {"Location": location})


def _new_upload(request: web.Request) -> NewUpload:
    metadata = read_metadata(request.headers.get("Upload-Metadata", ""))
    return NewUpload(
        purpose=metadata.get("purpose", uploads.TARGET),
        filename=metadata.get("filename") or metadata.get("name") or "",
        size=_number(request, "Upload-Length"),
        content_type=metadata.get("filetype"),
        face_id=_face_of(metadata),
    )


def _face_of(metadata: dict[str, str]) -> UUID | None:
    try:
        return UUID(metadata["face"]) if "face" in metadata else None
    except ValueError as error:
        raise _invalid("face", "Name the face that the photo is added to by its id.") from error


def read_metadata(header: str) -> dict[str, str]:
    """The pairs of an Upload-Metadata header.

    Raises:
        RequestError: INVALID where a value is not base64 of UTF-8.
    """
    pairs = (pair.strip().partition(" ") for pair in header.split(",") if pair.strip())
    try:
        return {name: base64.b64decode(value, validate=True).decode() for name, _, value in pairs}
    except (binascii.Error, ValueError) as error:
        message = "Upload-Metadata holds pairs of a name and a value in base64, divided by commas."
        raise _invalid("Upload-Metadata", message) from error


def _number(request: web.Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise _invalid(name, f"Send the header {name} with a number of bytes.")
    return int(text)


def _invalid(field: str, message: str) -> RequestError:
    return RequestError(Reason.INVALID, message, errors=[{"field": field, "message": message}])


async def _head(request: web.Request) -> web.Response:
    principal = principal_of(request)
    _check_version(request)
    upload = await uploads.settled_upload(principal, path_id(request, "upload_id"))
    if upload.state in (UploadState.EXPIRED, UploadState.REFUSED):
        raise RequestError(Reason.NOT_FOUND, f"The upload is {upload.state}; begin a new one.")
    return web.Response(
        status=200,
        headers=_standing(upload) | {"Upload-Length": str(upload.size), "Cache-Control": "no-store"},
    )


async def _patch(request: web.Request) -> web.Response:
    principal = principal_of(request)
    _check_version(request)
    if request.content_type != BYTES:
        raise web.HTTPUnsupportedMediaType(text=f"Send the bytes as {BYTES}.")
    upload = await uploads.get_upload(principal, path_id(request, "upload_id"))
    upload = await _append(request, upload, _number(request, "Upload-Offset"))
    return web.Response(status=204, headers=_standing(upload))


async def _append(request: web.Request, upload: Upload, offset: int) -> Upload:
    gateway, principal = gateway_of(request), principal_of(request)
    if request.content_length is not None:
        uploads.check_room(upload, offset, request.content_length)
    return await uploads.append(gateway, principal, upload.id, offset, request.content.iter_any())


async def _delete(request: web.Request) -> web.Response:
    principal = principal_of(request)
    _check_version(request)
    await uploads.terminate_upload(gateway_of(request), principal, path_id(request, "upload_id"))
    return web.Response(status=204, headers=_headers())


_OVERRIDES = {"PATCH": _patch, "DELETE": _delete, "HEAD": _head}


async def _override(request: web.Request) -> web.StreamResponse:
    handler = _OVERRIDES.get(request.headers.get("X-HTTP-Method-Override", ""))
    if handler is None:
        raise _invalid("X-HTTP-Method-Override", "Name the method that is meant: PATCH, DELETE or HEAD.")
    return await handler(request)


_BINARY = {"type": "string", "format": "binary"}
_PATCH_PROBLEMS = (
    Reason.NOT_FOUND, Reason.UPLOAD_INTERRUPTED, Reason.UPLOAD_OFFSET, Reason.UPLOAD_LOCKED, Reason.CONFLICT,
    Reason.SIZE_LIMIT,
)  # fmt: skip

OPERATIONS = (
    Operation("OPTIONS", "/uploads", _options, "What this tus server can do", status=204, public=True),
    Operation(
        "OPTIONS", "/uploads/{upload_id}", _options, "What this tus server can do", status=204, public=True
    ),
    Operation(
        "POST", "/uploads", _tus(_create), "Begin a resumable upload (tus creation)", status=201,
        form={BYTES: _BINARY}, problems=(Reason.EMPTY_FILE, Reason.SIZE_LIMIT, Reason.UPLOAD_INTERRUPTED),
    ),
    Operation(
        "HEAD", "/uploads/{upload_id}", _tus(_head), "Where an upload stands (tus)",
        problems=(Reason.NOT_FOUND,),
    ),
    Operation(
        "PATCH", "/uploads/{upload_id}", _tus(_patch), "Add bytes to an upload (tus)", status=204,
        form={BYTES: _BINARY}, problems=_PATCH_PROBLEMS,
    ),
    Operation(
        "POST", "/uploads/{upload_id}", _tus(_override),
        "PATCH, DELETE or HEAD by X-HTTP-Method-Override (tus)", status=204, problems=_PATCH_PROBLEMS,
    ),
    Operation(
        "DELETE", "/uploads/{upload_id}", _tus(_delete), "Throw an upload away (tus termination)", status=204,
        problems=(Reason.NOT_FOUND, Reason.CONFLICT, Reason.UPLOAD_LOCKED),
    ),
)  # fmt: skip
