"""Uploads and faces as named queries."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from contracts.errors import Failure, Reason, RequestError
from contracts.media import MediaInfo
from contracts.messages import now
from contracts.states import JobState, UploadState
from storage import keys
from storage.database import transaction
from storage.models import Cast, Face, FacePhoto, Job, JobFace, Upload
from storage.photos import add_photo

_FINAL = [state for state in JobState if state.final]


async def upload_of(user_id: UUID, upload_id: UUID) -> Upload:
    """An upload of the user.

    Raises:
        RequestError: NOT_FOUND, for another user's upload too.
    """
    upload = await Upload.get_or_none(id=upload_id, user_id=user_id)
    if upload is None:
        raise RequestError(Reason.NOT_FOUND, "There is no such upload.", upload_id=str(upload_id))
    return upload


def frames_key(upload: Upload) -> str:
    """The object that the frames of a target are read from: its work copy where it has one, else itself."""
    copied = bool(upload.info and upload.info.get("work_copy"))
    return keys.upload_work(upload.id) if copied else upload.key


async def uploads_of(
    user_id: UUID, purpose: str | None, before: tuple[datetime, UUID] | None, limit: int
) -> list[Upload]:
    """The user's uploads that are not expired, newest first; `before` is the last one of the page before."""
    query = Upload.filter(user_id=user_id, state__not=UploadState.EXPIRED)
    if purpose is not None:
        query = query.filter(purpose=purpose)
    if before is not None:
        query = query.filter(_older(*before))
    return await query.order_by("-created_at", "-id").limit(limit)


def _older(moment: datetime, row_id: UUID) -> Q:
    return Q(created_at__lt=moment) | Q(created_at=moment, id__lt=row_id)


async def lock_upload(upload_id: UUID, lock: UUID, seconds: float, state: UploadState) -> Upload | None:
    """Take an upload in `state` for `seconds`; None where somebody else has it or it is in another state."""
    free = Q(locked_until__isnull=True) | Q(locked_until__lt=now())
    until = now() + timedelta(seconds=seconds)
    taken = await Upload.filter(free, id=upload_id, state=state).update(lock=lock, locked_until=until)
    return await Upload.get_or_none(id=upload_id, lock=lock) if taken else None


async def extend_upload_lock(upload_id: UUID, lock: UUID, seconds: float) -> bool:
    """Hold an upload for another `seconds`; False where it was lost."""
    until = now() + timedelta(seconds=seconds)
    return bool(await Upload.filter(id=upload_id, lock=lock).update(locked_until=until))


async def unlock_upload(upload_id: UUID, lock: UUID, wait_seconds: float = 0) -> None:
    """Give an upload back, at once or after a while."""
    until = now() + timedelta(seconds=wait_seconds) if wait_seconds else None
    await Upload.filter(id=upload_id, lock=lock).update(lock=None, locked_until=until)


async def save_upload(upload_id: UUID, lock: UUID, **columns: Any) -> None:
    """Write columns of an upload that is held by `lock`.

    Raises:
        RequestError: UPLOAD_LOCKED where it was lost to somebody else; nothing is written then.
    """
    if not await Upload.filter(id=upload_id, lock=lock).update(updated_at=now(), **columns):
        raise RequestError(Reason.UPLOAD_LOCKED, "The upload went on elsewhere, or was removed.")


async def is_locked(upload_id: UUID) -> bool:
    """Whether somebody holds the upload."""
    return await Upload.exists(id=upload_id, locked_until__gt=now())


async def settle_upload(
    upload_id: UUID,
    lock: UUID,
    state: UploadState,
    expires_at: datetime,
    info: MediaInfo | None,
    face: Face | None,
    photo: FacePhoto | None = None,
) -> None:
    """End the inspection of an upload well; a `face`, or further `photo` of one, not saved yet is added with it.

    Raises:
        RequestError: The photo cannot be added: see `storage.photos.add_photo`.
    """
    async with transaction() as connection:
        if photo is not None:
            await add_photo(connection, photo)
        if face is not None and not await Face.filter(id=face.id).using_db(connection).exists():
            await face.save(using_db=connection, force_create=True)
        columns = {
            "state": state,
            "expires_at": expires_at,
            "info": info.model_dump(mode="json") if info else None,
            "face_id": face.id if face else photo.face_id if photo else None,
            "multipart": None,
            "updated_at": now(),
        }
        await Upload.filter(id=upload_id, lock=lock).using_db(connection).update(**columns)


async def refuse_upload(upload_id: UUID, lock: UUID, failure: Failure) -> None:
    """End the inspection of an upload that cannot be used; its bytes are still to be removed."""
    failed = failure.model_dump(mode="json")
    await save_upload(upload_id, lock, state=UploadState.REFUSED, failure=failed)


async def uploads_to_inspect(limit: int) -> list[UUID]:
    """Complete uploads that nobody looks at, oldest first."""
    free = Q(locked_until__isnull=True) | Q(locked_until__lt=now())
    query = Upload.filter(free, state=UploadState.PROBING).order_by("created_at").limit(limit)
    return [upload.id for upload in await query]


async def uploads_with_bytes_left(limit: int) -> list[Upload]:
    """Uploads that are over, whose bytes are still to be removed."""
    over = [UploadState.EXPIRED, UploadState.REFUSED]
    return await Upload.filter(state__in=over, multipart__isnull=False).order_by("updated_at").limit(limit)


async def expire_upload(upload_id: UUID) -> bool:
    """Mark an upload as expired; False while an unfinished job reads it. Why it was refused is forgotten.

    Its `multipart` stays set until its bytes are removed too: see `forget_bytes`.
    """
    async with transaction() as connection:
        row = await Upload.filter(id=upload_id).using_db(connection).select_for_update().get_or_none()
        if row is None or await _busy(upload_id).using_db(connection).exists():
            return False
        await Cast.filter(upload_id=upload_id).using_db(connection).delete()
        row.state, row.multipart, row.failure = UploadState.EXPIRED, row.multipart or {}, None
        await row.save(using_db=connection, update_fields=["state", "multipart", "failure", "updated_at"])
    return True


async def forget_bytes(upload_id: UUID) -> None:
    """Note that nothing is stored any more of an upload that is over."""
    await Upload.filter(id=upload_id).update(multipart=None)


def _busy(upload_id: UUID) -> QuerySet[Job]:
    return Job.filter(upload_id=upload_id).exclude(state__in=_FINAL)


async def faces_of(user_id: UUID) -> list[Face]:
    """The user's faces, newest first."""
    return await Face.filter(user_id=user_id, removed_at=None).order_by("-created_at", "-id")


async def face_of(user_id: UUID, face_id: UUID) -> Face:
    """A face of the user.

    Raises:
        RequestError: NOT_FOUND, for another user's face and for a removed one too.
    """
    face = await Face.get_or_none(id=face_id, user_id=user_id, removed_at=None)
    if face is None:
        raise RequestError(Reason.NOT_FOUND, "There is no such face in your library.", face_id=str(face_id))
    return face


async def remove_face(face_id: UUID) -> None:
    """Take a face out of the library; jobs that name it keep its row.

    Its `thumbnail_key` stays until its bytes are removed too: see `forget_face_bytes`.
    """
    await Face.filter(id=face_id).update(removed_at=now())


async def forget_face_bytes(face_id: UUID) -> None:
    """Note that nothing is stored any more of a face that was removed."""
    await Face.filter(id=face_id).update(thumbnail_key="")


async def faces_with_bytes_left(seconds: float, limit: int) -> list[UUID]:
    """Faces out of the library for so long, longest first, whose bytes nobody removed."""
    left = Face.filter(removed_at__lt=now() - timedelta(seconds=seconds)).exclude(thumbnail_key="")
    return [face.id for face in await left.order_by("removed_at").limit(limit)]


async def unfinished_jobs_of_face(face_id: UUID) -> int:
    """How many jobs still need the face."""
    return await JobFace.filter(face_id=face_id).exclude(job__state__in=_FINAL).count()
