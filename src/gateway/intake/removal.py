"""Removing what is stored of faces and their photos."""

from uuid import UUID

from storage import keys, library
from storage.models import FacePhoto
from storage.objects import ObjectStore


async def remove_face_bytes(store: ObjectStore, face_id: UUID) -> None:
    """Remove everything stored of a face that is not in the library, and note it."""
    await store.delete_prefix(keys.face_prefix(face_id))
    await library.forget_face_bytes(face_id)


async def remove_photo_bytes(store: ObjectStore, photo: FacePhoto) -> None:
    """Remove what is stored of a further photo."""
    for key in (photo.key, photo.thumbnail_key):
        if key is not None:
            await store.delete(key)
