"""Finishing removals that were interrupted. Expiry itself is the relay's."""

from gateway.context import Gateway
from gateway.intake.removal import remove_face_bytes
from gateway.intake.writer import remove_bytes
from storage import library

_AT_ONCE = 100
# Who removes a face, or mixes one, is done with it by then.
_FACE_SECONDS = 600.0


async def finish_removals(gateway: Gateway) -> None:
    """Remove what is still stored of uploads that were refused or thrown away, and of faces that were removed."""
    for upload in await library.uploads_with_bytes_left(_AT_ONCE):
        await remove_bytes(gateway.store, upload)
        await library.forget_bytes(upload.id)
    for face_id in await library.faces_with_bytes_left(_FACE_SECONDS, _AT_ONCE):
        await remove_face_bytes(gateway.store, face_id)
