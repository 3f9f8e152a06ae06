"""Removing what is past its time: one small function each, safe to run in several relays at once."""

from datetime import timedelta

from contracts.messages import now
from storage import accounts, idempotency, keys, outbox, retention
from storage.models import Job, Upload
from storage.objects import ObjectStore

KEEP_SENT = timedelta(hours=1)
KEEP_ANSWERS = timedelta(hours=24)

# A round ends after so many, so that other duties get their turn.
_AT_ONCE = 100


async def expire_uploads(store: ObjectStore) -> int:
    """Remove the bytes of uploads that were abandoned, refused or kept long enough; return how many."""

    async def remove(upload: Upload) -> None:
        if upload.multipart and upload.multipart.get("id"):
            await store.abort_multipart(upload.key, upload.multipart["id"])
        await store.delete_prefix(keys.upload_prefix(upload.id))

    count = 0
    while count < _AT_ONCE and await retention.expire_next_upload(remove):
        count += 1
    return count


async def expire_results(store: ObjectStore) -> int:
    """Remove results, previews and segments of jobs past their tier's retention; return how many jobs."""

    async def remove(job: Job) -> None:
        await store.delete_prefix(keys.job_prefix(job.id))

    count = 0
    while count < _AT_ONCE and await retention.expire_next_result(remove):
        count += 1
    return count


async def expire_sessions() -> int:
    """Forget log-ins past their time; return how many."""
    return await accounts.remove_expired_sessions()


async def forget_answers() -> int:
    """Forget answers kept for requests with an Idempotency-Key a day ago; return how many."""
    return await idempotency.remove_before(now() - KEEP_ANSWERS)


async def remove_sent() -> int:
    """Remove messages of the outbox that were sent an hour ago; return how many."""
    return await outbox.remove_sent(KEEP_SENT)


async def clean_up(store: ObjectStore) -> dict[str, int]:
    """Do all of it once; return how much of each was removed."""
    return {
        "uploads": await expire_uploads(store),
        "results": await expire_results(store),
        "sessions": await expire_sessions(),
        "answers": await forget_answers(),
        "messages": await remove_sent(),
    }
