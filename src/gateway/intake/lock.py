"""One at a time adds to an upload or looks at it, whichever gateway it is.

The hold is a lease in the row, renewed while it is needed: when a gateway is killed, it ends by itself. Every
write names the hold, so a gateway that lost it without noticing changes nothing.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID, uuid4

from contracts.errors import Reason, RequestError, UnavailableError
from contracts.states import UploadState
from storage import library
from storage.database import guard
from storage.models import Upload

LEASE_SECONDS = 10.0
_RENEW_SECONDS = 3.0
_POLL_SECONDS = 0.1


@asynccontextmanager
async def held(upload_id: UUID, state: UploadState) -> AsyncIterator[Upload]:
    """Hold the upload, which is in `state`; the row as it is now is given, with `lock` set.

    Raises:
        RequestError: UPLOAD_LOCKED while somebody else holds it, or where its state has changed.
    """
    lock = uuid4()
    mine = await library.lock_upload(upload_id, lock, LEASE_SECONDS, state)
    if mine is None:
        raise RequestError(
            Reason.UPLOAD_LOCKED,
            "Another request works on this upload. Try again in a moment.",
            retry_after=1,
        )
    renewal = asyncio.create_task(_renew(upload_id, lock))
    try:
        yield mine
    finally:
        renewal.cancel()
        # Where the database is away, the lease ends by itself.
        with suppress(UnavailableError):
            async with guard():
                await library.unlock_upload(upload_id, lock)


async def _renew(upload_id: UUID, lock: UUID) -> None:
    while True:
        await asyncio.sleep(_RENEW_SECONDS)
        with suppress(UnavailableError):
            async with guard():
                await library.extend_upload_lock(upload_id, lock, LEASE_SECONDS)


async def until_free(upload_id: UUID, seconds: float) -> None:
    """Wait until nobody holds the upload, for at most `seconds`: its offset is final then."""
    deadline = time.monotonic() + seconds
    # Asked again and again: the holder may be another gateway.
    while time.monotonic() < deadline and await library.is_locked(upload_id):  # noqa: ASYNC110
        await asyncio.sleep(_POLL_SECONDS)
