"""Mixing: a new face from photos of several, which it keeps cuttings of."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from contracts.messages import PhotoRef
from contracts.mixes import FacePart
from faces.cutting import Cutting
from faces.several import MixedPhoto, MixReply, MixRequest
from gateway.context import Gateway
from gateway.intake.another import URL_SECONDS
from gateway.intake.removal import remove_face_bytes
from storage import keys
from storage.models import Face, FacePhoto
from storage.objects import ObjectStore
from storage.photos import add_mixed, begin_mixed


@dataclass(frozen=True)
class Ingredient:
    """A photo and its share in the mixed face; where it is `whole`, a cutting of it is to be made."""

    photo: PhotoRef
    whole: bool


async def mix(
    gateway: Gateway, user_id: UUID, name: str, parts: Sequence[FacePart], photos: Sequence[Ingredient]
) -> Face:
    """Draw a mixed face and add it to the library, with copies of its photos that are its own.

    Raises:
        MediaError: A photo cannot be read any more.
        ObjectMissing: It was removed meanwhile.
    """
    reply = await _draw(gateway, photos)
    face = _face(user_id, name, parts, reply)
    await begin_mixed(face)
    try:
        rows = [
            await _kept(gateway.store, face.id, one, cutting)
            for one, cutting in zip(photos, reply.cuttings, strict=True)
        ]
        await _put(gateway.store, face.key, reply.picture)
        await _put(gateway.store, face.thumbnail_key, reply.thumbnail)
        await add_mixed(face, rows)
    except BaseException:
        await remove_face_bytes(gateway.store, face.id)
        raise
    return face


async def preview(gateway: Gateway, photos: Sequence[Ingredient]) -> bytes:
    """How a mixed face would look, as a JPEG of 256 x 256 px. Raises what `mix` raises."""
    reply = await _draw(gateway, [replace(one, whole=False) for one in photos])
    return base64.b64decode(reply.thumbnail)


async def _draw(gateway: Gateway, photos: Sequence[Ingredient]) -> MixReply:
    request = MixRequest(photos=[await _mixed(gateway.store, one) for one in photos])
    return await gateway.inspector.sandboxed("faces.several:mix", request, MixReply)


async def _mixed(store: ObjectStore, one: Ingredient) -> MixedPhoto:
    url = await store.presigned_get(one.photo.key, URL_SECONDS)
    return MixedPhoto(url=url, points=one.photo.points, weight=one.photo.weight, whole=one.whole)


def _face(user_id: UUID, name: str, parts: Sequence[FacePart], reply: MixReply) -> Face:
    face_id = uuid4()
    return Face(
        id=face_id,
        user_id=user_id,
        name=name,
        key=keys.face_photo(face_id),
        thumbnail_key=keys.face_thumbnail(face_id),
        width=reply.side,
        height=reply.side,
        box=list(reply.box),
        points=[list(point) for point in reply.points],
        score=reply.score,
        parts=[part.model_dump(mode="json") for part in parts],
    )


async def _kept(store: ObjectStore, face_id: UUID, one: Ingredient, cutting: Cutting | None) -> FacePhoto:
    photo_id = uuid4()
    key = keys.face_cutting(face_id, photo_id)
    points = one.photo.points if cutting is None else cutting.points
    if cutting is None:
        await store.copy(one.photo.key, key, content_type="image/jpeg")
    else:
        await _put(store, key, cutting.jpeg)
    placed = [list(point) for point in points]
    return FacePhoto(id=photo_id, face_id=face_id, key=key, points=placed, weight=one.photo.weight)


async def _put(store: ObjectStore, key: str, jpeg: str) -> None:
    await store.put(key, base64.b64decode(jpeg), content_type="image/jpeg")
