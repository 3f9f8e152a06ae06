"""Adding a request's bytes to an upload."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import structlog

from contracts.errors import Reason, RequestError, UnavailableError
from contracts.states import UploadState
from gateway.arrival import arriving
from gateway.context import Gateway
from gateway.intake.lock import held
from gateway.intake.writer import PartWriter
from storage.models import Upload

# A sender that is silent for this long is gone.
SILENCE_SECONDS = 60.0

_KEPT = "The upload broke off. What arrived is kept: ask where the upload stands and go on from there."

_log = structlog.get_logger()


async def append_bytes(gateway: Gateway, upload: Upload, offset: int, body: AsyncIterator[bytes]) -> Upload:
    """Add `body` at `offset`; the row as it is afterwards.

    What arrived before the body broke off is stored before the error is raised.

    Raises:
        RequestError: UPLOAD_INTERRUPTED where the body broke off, UPLOAD_OFFSET, UPLOAD_LOCKED.
        LimitError: SIZE_LIMIT where more bytes come than were announced.
    """
    async with held(upload.id, UploadState.OPEN) as mine:
        _check_offset(mine, offset)
        writer = PartWriter(gateway.store, mine)
        await writer.open()
        try:
            await _pump(gateway, body, writer)
        except BaseException:
            await _settle_after_break(writer, mine)
            raise
        await writer.settle()
    return mine


def _check_offset(upload: Upload, offset: int) -> None:
    if offset != upload.offset:
        raise RequestError(
            Reason.UPLOAD_OFFSET,
            f"The upload stands at byte {upload.offset}; go on from there.",
            offset=upload.offset,
            value=offset,
        )


async def _pump(gateway: Gateway, body: AsyncIterator[bytes], writer: PartWriter) -> None:
    draining: asyncio.Future[Any] = asyncio.ensure_future(gateway.draining.wait())
    try:
        while (chunk := await _next(body, draining)) is not None:
            await writer.write(chunk)
    finally:
        draining.cancel()


async def _next(body: AsyncIterator[bytes], draining: "asyncio.Future[Any]") -> bytes | None:
    """The next chunk; None at the end, and as soon as the process is asked to end."""
    coming: asyncio.Future[Any] = asyncio.ensure_future(_chunk(body))
    both = {coming, draining}
    try:
        with arriving(_KEPT):
            done, _ = await asyncio.wait(both, timeout=SILENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                raise TimeoutError(f"the sender was silent for {SILENCE_SECONDS:g} s")
            return coming.result() if coming.done() else None
    finally:
        coming.cancel()


async def _chunk(body: AsyncIterator[bytes]) -> bytes | None:
    return await anext(body, None)


async def _settle_after_break(writer: PartWriter, upload: Upload) -> None:
    try:
        await writer.settle()
    except (UnavailableError, RequestError) as error:
        # The sender repeats what the row does not count.
        _log.info("tail not kept", upload=str(upload.id), reason=error.reason)
