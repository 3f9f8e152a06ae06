"""Removing what is past its time, and what an interrupted removal left."""

from datetime import timedelta

from contracts.messages import now
from gateway.context import Gateway
from gateway.intake.writer import remove_bytes
from storage import accounts, idempotency, library

_AT_ONCE = 100
_ANSWERS_KEPT = timedelta(hours=24)


async def remove_old_uploads(gateway: Gateway) -> None:
    """Expire uploads past their time and remove the bytes of all that are over."""
    for upload_id in await library.uploads_past_their_time(_AT_ONCE):
        await library.expire_upload(upload_id)
    for upload in await library.uploads_with_bytes_left(_AT_ONCE):
        await remove_bytes(gateway.store, upload)
        await library.forget_bytes(upload.id)


async def forget_old_records() -> None:
    """Forget expired log-ins, and answers to Idempotency-Keys older than a day."""
    await accounts.remove_expired_sessions()
    await idempotency.remove_before(now() - _ANSWERS_KEPT)
