"""Uploads: creation, bytes in order, what became of them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from contracts.errors import LimitError, MediaError, Reason, RequestError
from contracts.messages import now
from contracts.states import UploadState
from gateway.context import Gateway
from gateway.intake.append import append_bytes
from gateway.intake.lock import held, until_free
from gateway.intake.photo import MAX_PHOTO_BYTES
from gateway.intake.writer import remove_bytes
from gateway.pages import DEFAULT_LIMIT, page
from gateway.principal import Principal
from gateway.services.mixing import room_for_photo
from storage import audit, keys, library
from storage.models import Upload

TARGET = "target"
FACE = "face"
# A little longer than a hold: the one of a gateway that was killed has ended by then.
_SETTLE_SECONDS = 12.0


@dataclass(frozen=True)
class NewUpload:
    """What is known of a file before its bytes arrive.

    Attributes:
        purpose: "target" or "face".
        face_id: The face that a photo is a further one of; None makes a new face of it.
    """

    purpose: str
    filename: str
    size: int
    content_type: str | None = None
    face_id: UUID | None = None


async def create_upload(gateway: Gateway, principal: Principal, new: NewUpload) -> Upload:
    """Make room for a file whose bytes will come by `append`.

    Raises:
        MediaError: EMPTY_FILE.
        LimitError: SIZE_LIMIT with the bytes that would pass.
        RequestError: INVALID purpose; where `face_id` is set, that the face takes no photo more.
    """
    _check_purpose(new)
    if new.face_id is not None:
        await room_for_photo(principal, new.face_id)
    if new.size == 0:
        raise MediaError(Reason.EMPTY_FILE, "The file is empty. Choose one with something in it.")
    check_size(principal, new.purpose, new.size)
    upload_id = uuid4()
    upload = await Upload.create(
        id=upload_id,
        user_id=principal.user_id,
        purpose=new.purpose,
        filename=clean_name(new.filename, new.purpose),
        content_type=new.content_type[:100] if new.content_type else None,
        size=new.size,
        face_id=new.face_id,
        key=keys.upload_source(upload_id),
        expires_at=now() + timedelta(hours=gateway.settings.gateway.upload_hours),
    )
    await audit.record("upload.create", str(upload_id), principal.user_id, size=new.size, purpose=new.purpose)
    return upload


def check_size(principal: Principal, purpose: str, size: int) -> None:
    """Refuse what the tier, or a photo's limit, does not allow.

    Raises:
        LimitError: SIZE_LIMIT with the bytes that would pass.
    """
    if purpose == FACE and size > MAX_PHOTO_BYTES:
        raise LimitError(
            Reason.SIZE_LIMIT,
            f"A photo of a face has at most {MAX_PHOTO_BYTES // 10**6} MB.",
            limit=MAX_PHOTO_BYTES,
            value=size,
        )
    principal.tier.check_size(size)


def check_room(upload: Upload, offset: int, count: int) -> None:
    """Refuse `count` bytes at `offset` before they are read, where they are more than was announced.

    Raises:
        LimitError: SIZE_LIMIT.
    """
    if offset + count > upload.size:
        raise LimitError(
            Reason.SIZE_LIMIT,
            f"{upload.size} bytes were announced; these would make {offset + count}.",
            limit=upload.size,
            value=offset + count,
        )


def _check_purpose(new: NewUpload) -> None:
    if new.purpose not in (TARGET, FACE):
        message = 'An upload is for "target", a video or picture to work on, or "face", a photo of a face.'
        raise RequestError(Reason.INVALID, message, errors=[{"field": "purpose", "message": message}])
    if new.face_id is not None and new.purpose != FACE:
        message = 'Only a photo, an upload of the purpose "face", can be added to a face.'
        raise RequestError(Reason.INVALID, message, errors=[{"field": "face", "message": message}])


def clean_name(name: str, fallback: str) -> str:
    """A file name as it is shown and offered again: no folders or control characters, at most 255 long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable()).strip()[-255:] or fallback


async def append(
    gateway: Gateway, principal: Principal, upload_id: UUID, offset: int, body: AsyncIterator[bytes]
) -> Upload:
    """Add the bytes of `body` from `offset` on; whatever arrived is kept, also when the body breaks off.

    Raises:
        RequestError: UPLOAD_OFFSET where the upload stands elsewhere, UPLOAD_LOCKED while others add,
            UPLOAD_INTERRUPTED where the body breaks off, NOT_FOUND, CONFLICT where it is complete or gone.
        LimitError: SIZE_LIMIT where more bytes come than were announced.
    """
    upload = await get_upload(principal, upload_id)
    if upload.state is not UploadState.OPEN:
        raise RequestError(Reason.CONFLICT, f"The upload takes no more bytes: it is {upload.state}.")
    appended = await append_bytes(gateway, upload, offset, body)
    if appended.state is UploadState.PROBING:
        gateway.inspector.begin(upload.id)
    return appended


async def get_upload(principal: Principal, upload_id: UUID) -> Upload:
    """An upload of the user.

    Raises:
        RequestError: NOT_FOUND.
    """
    return await library.upload_of(principal.user_id, upload_id)


async def list_uploads(
    principal: Principal, purpose: str | None = None, cursor: str | None = None, limit: int = DEFAULT_LIMIT
) -> tuple[list[Upload], str | None]:
    """Uploads of the user, newest first, and the cursor of the next page."""
    return await page(
        lambda before, count: library.uploads_of(principal.user_id, purpose, before, count), cursor, limit
    )


async def terminate_upload(gateway: Gateway, principal: Principal, upload_id: UUID) -> None:
    """Throw an upload and its bytes away.

    Raises:
        RequestError: CONFLICT while a job reads it, UPLOAD_LOCKED while bytes arrive, NOT_FOUND.
    """
    upload = await get_upload(principal, upload_id)
    async with held(upload.id, upload.state) as mine:
        if not await library.expire_upload(mine.id):
            raise RequestError(Reason.CONFLICT, "A job is working on this upload. Cancel the job first.")
        await remove_bytes(gateway.store, mine)
        await library.forget_bytes(mine.id)
    await audit.record("upload.delete", str(upload_id), principal.user_id)


async def settled_upload(principal: Principal, upload_id: UUID) -> Upload:
    """An upload of the user once no request adds to it; after some seconds, as it stands.

    Raises:
        RequestError: NOT_FOUND.
    """
    await get_upload(principal, upload_id)
    await until_free(upload_id, _SETTLE_SECONDS)
    return await get_upload(principal, upload_id)
