"""What faces are made of: their further photos, and faces mixed of others, as named queries."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from contracts.errors import Reason, RequestError
from contracts.messages import PhotoRef, now
from contracts.mixes import MOST_PHOTOS
from contracts.states import JobState
from storage.database import transaction
from storage.models import Face, FacePhoto, JobFace

_FINAL = [state for state in JobState if state.final]


async def photos_of(face_ids: Iterable[UUID], until: datetime | None = None) -> dict[UUID, list[FacePhoto]]:
    """Photos of faces beside their first, oldest first, by face; those that were there at `until`, or all."""
    wanted = list(set(face_ids))
    query = FacePhoto.filter(face_id__in=wanted)
    if until is not None:
        query = query.filter(created_at__lte=until)
    found: dict[UUID, list[FacePhoto]] = {face_id: [] for face_id in wanted}
    for photo in await query.order_by("created_at", "id"):
        found[photo.face_id].append(photo)
    return found


def refs_of(face: Face, further: Sequence[FacePhoto]) -> list[PhotoRef]:
    """All photos of a face with their weights; the drawn picture of a mixed face is none."""
    first = [] if face.mixed else [_ref(face.key, face.points)]
    return [*first, *(_ref(photo.key, photo.points, photo.weight) for photo in further)]


def _ref(key: str, points: Sequence[Sequence[float]], weight: float = 1.0) -> PhotoRef:
    return PhotoRef(key=key, points=[(float(x), float(y)) for x, y in points], weight=weight)


async def check_room(face: Face) -> None:
    """Refuse a face that takes no further photo.

    Raises:
        RequestError: INVALID for a mixed face; CONFLICT where it has as many as a face can have.
    """
    _check(face, await FacePhoto.filter(face_id=face.id).count())


def _check(face: Face, further: int) -> None:
    if face.mixed:
        message = (
            "A mixed face has no photos of its own. Add the photo to a face it is mixed from, and mix anew."
        )
        raise RequestError(Reason.INVALID, message, face_id=str(face.id))
    if 1 + further >= MOST_PHOTOS:
        message = f"A face has at most {MOST_PHOTOS} photos. Remove one first."
        raise RequestError(Reason.CONFLICT, message, limit=MOST_PHOTOS)


async def add_photo(connection: BaseDBAsyncClient, photo: FacePhoto) -> None:
    """Add a photo to its face; one that is there already stays as it is.

    Jobs use the photos that were there when they were submitted: its time is taken while the face is held, which
    submitting a job waits for.

    Raises:
        RequestError: NOT_FOUND where the face was removed; what `check_room` raises.
    """
    face = await _held(connection, photo.face_id)
    rows = await FacePhoto.filter(face_id=face.id).using_db(connection).values_list("id", flat=True)
    if photo.id in rows:
        return
    _check(face, len(rows))
    photo.created_at = now()
    await photo.save(using_db=connection, force_create=True)


async def remove_photo(face_id: UUID, photo_id: UUID) -> FacePhoto:
    """Take a photo beside the first from a face; its row, for the objects that are to be removed.

    Raises:
        RequestError: NOT_FOUND; INVALID for the photos of a mixed face; CONFLICT while a job needs the face.
    """
    async with transaction() as connection:
        face = await _held(connection, face_id)
        photo = await FacePhoto.get_or_none(id=photo_id, face_id=face_id, using_db=connection)
        if photo is None:
            raise RequestError(Reason.NOT_FOUND, "The face has no such photo.", photo_id=str(photo_id))
        if face.mixed:
            raise RequestError(Reason.INVALID, "A mixed face stays as it is. Delete it, and mix another.")
        needed = JobFace.filter(face_id=face_id).exclude(job__state__in=_FINAL)
        if await needed.using_db(connection).exists():
            raise RequestError(Reason.CONFLICT, "A job is working with this face. Cancel the job first.")
        await photo.delete(using_db=connection)
    return photo


async def _held(connection: BaseDBAsyncClient, face_id: UUID) -> Face:
    held = Face.filter(id=face_id, removed_at=None).using_db(connection).select_for_update()
    if (face := await held.get_or_none()) is None:
        raise RequestError(Reason.NOT_FOUND, "The face was removed.", face_id=str(face_id))
    return face


async def begin_mixed(face: Face) -> None:
    """Note a mixed face before anything is stored of it, as if it were removed: what is left of it can be found."""
    face.removed_at = now()
    await face.save(force_create=True)


async def add_mixed(face: Face, photos: Sequence[FacePhoto]) -> None:
    """Take a mixed face, of which all is stored, into the library with the photos that it is made of."""
    async with transaction() as connection:
        for photo in photos:
            photo.created_at = now()
        await FacePhoto.bulk_create(photos, using_db=connection)
        face.removed_at = None
        await face.save(using_db=connection, update_fields=["removed_at"])


async def mixed_from(user_id: UUID, face_id: UUID) -> list[Face]:
    """The user's faces that are mixed from this one, newest first."""
    part = [{"face_id": str(face_id)}]
    query = Face.filter(user_id=user_id, removed_at=None, parts__contains=part)
    return await query.order_by("-created_at", "-id")
