"""The face library."""

from collections.abc import AsyncIterator
from uuid import UUID

from contracts.errors import Reason, RequestError
from gateway.context import Gateway
from gateway.intake.photo import receive_photo
from gateway.intake.removal import remove_face_bytes
from gateway.principal import Principal
from storage import audit, library
from storage.models import Face


async def add_photo(
    gateway: Gateway,
    principal: Principal,
    filename: str,
    content_type: str | None,
    body: AsyncIterator[bytes],
) -> Face:
    """Store a photo, look at it, and add its face to the library under the file's name.

    Raises:
        FaceError, MediaError: why the photo cannot be used; nothing of it is kept.
        LimitError: SIZE_LIMIT with the bytes that would pass.
    """
    face = await receive_photo(gateway, principal, filename, content_type, body)
    await audit.record("face.create", str(face.id), principal.user_id)
    return face


async def list_faces(principal: Principal) -> list[Face]:
    """The user's faces, newest first."""
    return await library.faces_of(principal.user_id)


async def get_face(principal: Principal, face_id: UUID) -> Face:
    """A face of the user.

    Raises:
        RequestError: NOT_FOUND.
    """
    return await library.face_of(principal.user_id, face_id)


async def remove_face(gateway: Gateway, principal: Principal, face_id: UUID) -> None:
    """Take a face out of the library and remove its photos; faces mixed from it keep their copies.

    Raises:
        RequestError: NOT_FOUND; CONFLICT while a job needs it.
    """
    face = await get_face(principal, face_id)
    if await library.unfinished_jobs_of_face(face.id):
        raise RequestError(Reason.CONFLICT, "A job is working with this face. Cancel the job first.")
    await library.remove_face(face.id)
    await remove_face_bytes(gateway.store, face.id)
    await audit.record("face.delete", str(face.id), principal.user_id)
