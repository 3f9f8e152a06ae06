"""Faces of several photos, and faces mixed from others."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from contracts.errors import Reason, RequestError
from contracts.mixes import MOST_MIXED_PHOTOS, FacePart
from gateway.context import Gateway
from gateway.intake import mixing
from gateway.intake.mixing import Ingredient
from gateway.intake.photo import receive_photo
from gateway.intake.removal import remove_photo_bytes
from gateway.principal import Principal
from gateway.requests import MixRequest, Mixture
from gateway.services.faces import get_face
from gateway.views.faces import FaceView
from storage import audit, photos
from storage.models import Face, FacePhoto


async def room_for_photo(principal: Principal, face_id: UUID) -> Face:
    """A face of the user that takes one photo more.

    Raises:
        RequestError: NOT_FOUND; INVALID for a mixed face; CONFLICT where it has as many as a face can have.
    """
    face = await get_face(principal, face_id)
    await photos.check_room(face)
    return face


async def add_photo(
    gateway: Gateway,
    principal: Principal,
    face_id: UUID,
    filename: str,
    content_type: str | None,
    body: AsyncIterator[bytes],
) -> Face:
    """Add a photo of the same person to a face: from then on it is the mean of them all.

    Raises:
        FaceError, MediaError: Why the photo cannot be used, DIFFERENT_PERSON among others; nothing of it is kept.
        LimitError: SIZE_LIMIT.
        RequestError: As `room_for_photo`.
    """
    await room_for_photo(principal, face_id)
    face = await receive_photo(gateway, principal, filename, content_type, body, face_id)
    await audit.record("face.photo.add", str(face.id), principal.user_id)
    return face


async def get_photo(principal: Principal, face_id: UUID, photo_id: UUID) -> FacePhoto:
    """A further photo of a face of the user.

    Raises:
        RequestError: NOT_FOUND.
    """
    face = await get_face(principal, face_id)
    found = await FacePhoto.get_or_none(id=photo_id, face_id=face.id, thumbnail_key__not_isnull=True)
    if found is None:
        raise RequestError(Reason.NOT_FOUND, "The face has no such photo.", photo_id=str(photo_id))
    return found


async def remove_photo(gateway: Gateway, principal: Principal, face_id: UUID, photo_id: UUID) -> None:
    """Take a further photo from a face, and remove it.

    Raises:
        RequestError: NOT_FOUND; INVALID for those of a mixed face; CONFLICT while a job needs the face.
    """
    face = await get_face(principal, face_id)
    photo = await photos.remove_photo(face.id, photo_id)
    await remove_photo_bytes(gateway.store, photo)
    await audit.record("face.photo.delete", str(face.id), principal.user_id)


async def mix_faces(gateway: Gateway, principal: Principal, request: MixRequest) -> Face:
    """Add a face that is mixed from others: somebody who does not exist.

    Raises:
        RequestError: NOT_FOUND; INVALID where the parts have too many photos together.
    """
    parts, ingredients = await _made_of(principal, request)
    face = await mixing.mix(gateway, principal.user_id, request.name, parts, ingredients)
    names = [str(part.face_id) for part in parts]
    await audit.record("face.mix", str(face.id), principal.user_id, parts=names)
    return face


async def preview_mix(gateway: Gateway, principal: Principal, mixture: Mixture) -> bytes:
    """How a mixed face would look, as a JPEG of 256 x 256 px; nothing is kept.

    Raises:
        RequestError: As `mix_faces`.
    """
    _, ingredients = await _made_of(principal, mixture)
    return await mixing.preview(gateway, ingredients)


async def _made_of(principal: Principal, mixture: Mixture) -> tuple[list[FacePart], list[Ingredient]]:
    whole = sum(part.weight for part in mixture.parts)
    faces = [await get_face(principal, part.face_id) for part in mixture.parts]
    parts = [
        FacePart(face_id=face.id, name=face.name, weight=asked.weight / whole)
        for face, asked in zip(faces, mixture.parts, strict=True)
    ]
    ingredients = await _ingredients(faces, parts)
    if len(ingredients) > MOST_MIXED_PHOTOS:
        message = (
            f"These faces have {len(ingredients)} photos together, and {MOST_MIXED_PHOTOS} can be mixed. "
            "Take fewer faces, or faces of fewer photos."
        )
        raise RequestError(Reason.INVALID, message, limit=MOST_MIXED_PHOTOS, value=len(ingredients))
    return parts, ingredients


async def _ingredients(faces: Sequence[Face], parts: Sequence[FacePart]) -> list[Ingredient]:
    """Every photo of the faces; those of one face share its weight as they do in it."""
    further = await photos.photos_of([face.id for face in faces])
    found = []
    for face, part in zip(faces, parts, strict=True):
        refs = photos.refs_of(face, further[face.id])
        whole = sum(ref.weight for ref in refs)
        for ref in refs:
            shared = ref.model_copy(update={"weight": part.weight * ref.weight / whole})
            found.append(Ingredient(shared, whole=ref.key == face.key))
    return found


async def face_view(face: Face) -> FaceView:
    """A face as its user sees it, with what it is made of and what is made of it."""
    further = await photos.photos_of([face.id])
    return FaceView.of(face, further[face.id], await photos.mixed_from(face.user_id, face.id))


async def face_views(faces: Sequence[Face]) -> list[FaceView]:
    """The same for the whole library."""
    further = await photos.photos_of([face.id for face in faces])
    mixed = {face.id: [one for one in faces if _is_part(face, one)] for face in faces}
    return [FaceView.of(face, further[face.id], mixed[face.id]) for face in faces]


def _is_part(face: Face, mixed: Face) -> bool:
    return any(part["face_id"] == str(face.id) for part in mixed.parts)
