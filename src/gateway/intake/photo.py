"""A face photo that comes in one request, of a size that is known only at its end."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

from contracts.errors import FaceError, Failure, LimitError, MediaError, Reason, VisageError, error_of
from contracts.messages import now
from contracts.states import UploadState
from gateway.context import Gateway
from gateway.intake.writer import remove_bytes
from gateway.principal import Principal
from storage import keys, library
from storage.models import Face, Upload

MAX_PHOTO_BYTES = 25 * 10**6


async def receive_photo(
    gateway: Gateway,
    principal: Principal,
    filename: str,
    content_type: str | None,
    body: AsyncIterator[bytes],
    face_id: UUID | None = None,
) -> Face:
    """Store a photo and look at it; its face, now of the library, or the face `face_id` that it is added to.

    Raises:
        FaceError, MediaError: Why it cannot be used.
        LimitError: SIZE_LIMIT.
    """
    upload = await _store(gateway, principal, filename, content_type, body, face_id)
    await gateway.inspector.inspect(upload.id)
    looked_at = await library.upload_of(principal.user_id, upload.id)
    if looked_at.failure is not None:
        raise error_of(Failure.model_validate(looked_at.failure), FaceError.__name__)
    return await library.face_of(principal.user_id, looked_at.face_id)


async def _store(
    gateway: Gateway,
    principal: Principal,
    filename: str,
    content_type: str | None,
    body: AsyncIterator[bytes],
    face_id: UUID | None,
) -> Upload:
    upload_id = uuid4()
    upload = await Upload.create(
        id=upload_id,
        user_id=principal.user_id,
        purpose="face",
        filename=filename,
        content_type=content_type,
        size=0,
        key=keys.upload_source(upload_id),
        multipart={},
        face_id=face_id,
        expires_at=now() + timedelta(hours=gateway.settings.gateway.upload_hours),
    )
    try:
        stored = await gateway.store.put(upload.key, _limited(body))
        if stored.size == 0:
            raise MediaError(Reason.EMPTY_FILE, "The photo is empty. Choose one with something in it.")
    except BaseException as error:
        await _give_up(gateway, upload, error)
        raise
    changed = {"size": stored.size, "offset": stored.size, "state": UploadState.PROBING}
    await Upload.filter(id=upload_id).update(**changed)
    return upload


async def _limited(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in body:
        size += len(chunk)
        if size > MAX_PHOTO_BYTES:
            raise LimitError(
                Reason.SIZE_LIMIT,
                f"A photo of a face has at most {MAX_PHOTO_BYTES // 10**6} MB.",
                limit=MAX_PHOTO_BYTES,
            )
        yield chunk


async def _give_up(gateway: Gateway, upload: Upload, error: BaseException) -> None:
    if await library.expire_upload(upload.id) and isinstance(error, VisageError):
        await remove_bytes(gateway.store, upload)
        await library.forget_bytes(upload.id)
