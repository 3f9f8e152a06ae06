"""Adding a request's bytes to an upload."""

import asyncio
from collections.abc import AsyncIterator

import structlog

from contracts.errors import Reason, RequestError, UnavailableError
from contracts.states import UploadState
from gateway.context import Gateway
from gateway.intake.lock import held
from gateway.intake.writer import PartWriter
from storage.models import Upload

# A sender that is silent for this long is gone.
SILENCE_SECONDS = 60.0

_log = structlog.get_logger()


async def append_bytes(gateway: Gateway, upload: Upload, offset: int, body: AsyncIterator[bytes]) -> Upload:
    """Add `body` at `offset`; the row as it is afterwards.

    What arrived before the body broke off is stored before the error is raised.
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
    while not gateway.draining.is_set():
        async with asyncio.timeout(SILENCE_SECONDS):
            chunk = await anext(body, None)
        if chunk is None:
            return
        await writer.write(chunk)


async def _settle_after_break(writer: PartWriter, upload: Upload) -> None:
    try:
        await writer.settle()
    except (UnavailableError, RequestError) as error:
        # The sender repeats what the row does not count.
        _log.info("tail not kept", upload=str(upload.id), reason=error.reason)
