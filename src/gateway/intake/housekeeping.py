"""Finishing removals that were interrupted. Expiry itself is the relay's."""

from gateway.context import Gateway
from gateway.intake.writer import remove_bytes
from storage import library

_AT_ONCE = 100


async def finish_removals(gateway: Gateway) -> None:
    """Remove what is still stored of uploads that were refused or thrown away."""
    for upload in await library.uploads_with_bytes_left(_AT_ONCE):
        await remove_bytes(gateway.store, upload)
        await library.forget_bytes(upload.id)
