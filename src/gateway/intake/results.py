"""What became of an upload: usable video or picture, face of the library, or refused and removed."""

import base64
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from contracts.errors import VisageError
from contracts.media import MediaInfo
from contracts.messages import now
from contracts.states import UploadState
from contracts.tiers import TierPolicy
from faces.jobs import PhotoReply
from gateway.intake.writer import remove_bytes
from storage import accounts, keys, library
from storage.models import Face, Upload, User
from storage.objects import ObjectStore

_log = structlog.get_logger()


async def check_target(upload: Upload, info: MediaInfo) -> None:
    """Refuse a video or picture that the user's tier does not take.

    Raises:
        LimitError: With what would pass.
    """
    (await _tier_of(upload)).check_media(info)


async def accept_target(upload: Upload, info: MediaInfo) -> None:
    """Note what was found in a video or picture."""
    until = await kept_until(upload)
    await library.settle_upload(upload.id, hold_of(upload), UploadState.READY, until, info, None)


async def accept_face(store: ObjectStore, upload: Upload, reply: PhotoReply) -> None:
    """Make the photo a face of the library, under the id of the upload: done twice, it is one face."""
    face_id = upload.id
    await store.put(keys.face_photo(face_id), store.get(upload.key), content_type=upload.content_type)
    thumbnail = base64.b64decode(reply.thumbnail)
    await store.put(keys.face_thumbnail(face_id), thumbnail, content_type="image/jpeg")
    face = _face(upload, reply)
    until = await kept_until(upload)
    await library.settle_upload(upload.id, hold_of(upload), UploadState.READY, until, None, face)
    await remove_bytes(store, upload)


def _face(upload: Upload, reply: PhotoReply) -> Face:
    return Face(
        id=upload.id,
        user_id=upload.user_id,
        name=upload.filename.rsplit(".", 1)[0][:100] or "face",
        key=keys.face_photo(upload.id),
        thumbnail_key=keys.face_thumbnail(upload.id),
        width=reply.width,
        height=reply.height,
        box=list(reply.box),
        points=[list(point) for point in reply.points],
        score=reply.score,
    )


async def refuse(store: ObjectStore, upload: Upload, error: VisageError) -> None:
    """Note why an upload cannot be used, and remove its bytes."""
    _log.info("upload refused", upload=str(upload.id), reason=error.reason)
    await library.refuse_upload(upload.id, hold_of(upload), error.failure)
    await remove_bytes(store, upload)
    await library.forget_bytes(upload.id)


async def kept_until(upload: Upload) -> datetime:
    """When the row of an upload that is settled now expires."""
    return now() + timedelta(days=(await _tier_of(upload)).retention_days)


async def _tier_of(upload: Upload) -> TierPolicy:
    user = await User.get(id=upload.user_id)
    return await accounts.policy_of(user)


def hold_of(upload: Upload) -> UUID:
    """The hold under which an upload is looked at."""
    assert upload.lock is not None, "an upload must be held to be settled"
    return upload.lock
