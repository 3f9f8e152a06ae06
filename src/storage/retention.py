"""What is past its time. Each function takes one row, has its objects removed, and only then says so.

The row stays locked meanwhile: no job can be made of an upload that goes, and housekeepers share the work.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from contracts.messages import now
from contracts.states import UploadState
from storage.database import transaction
from storage.models import Cast, Job, Upload

_UPLOAD = """
SELECT id FROM uploads AS upload
WHERE expires_at < now() AND state IN ('open', 'ready', 'refused')
  AND (locked_until IS NULL OR locked_until < now())
  AND NOT EXISTS (
    SELECT FROM jobs WHERE upload_id = upload.id AND state NOT IN ('done', 'failed', 'cancelled')
  )
ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""

# A job submitted between the query's snapshot and its lock is not seen by it; a second look under the lock sees it.
_WANTED = """
SELECT id FROM jobs WHERE upload_id = $1 AND state NOT IN ('done', 'failed', 'cancelled') LIMIT 1
"""

_JOB = """
SELECT job.id FROM jobs AS job JOIN tiers AS tier ON tier.name = job.tier_id
WHERE job.expired_at IS NULL AND job.state IN ('done', 'failed', 'cancelled')
  AND job.finished_at < now() - make_interval(days => tier.retention_days)
ORDER BY job.finished_at LIMIT 1 FOR UPDATE OF job SKIP LOCKED
"""


async def expire_next_upload(remove: Callable[[Upload], Awaitable[None]]) -> bool:
    """Expire one upload past its time that nobody adds to and no unfinished job reads; False without one.

    The row of a refused one goes too: no job can name it, and its failure may show a person's photo.
    """
    async with transaction() as connection:
        upload_id = await _first(connection, _UPLOAD)
        if upload_id is None or await _first(connection, _WANTED, upload_id):
            return False
        upload = await Upload.get(id=upload_id, using_db=connection)
        # First: a search for its people that is under way learns of it before it has the last word.
        await Cast.filter(upload_id=upload_id).using_db(connection).delete()
        await remove(upload)
        if upload.state is UploadState.REFUSED:
            await upload.delete(using_db=connection)
        else:
            upload.state, upload.multipart = UploadState.EXPIRED, None
            await upload.save(using_db=connection, update_fields=["state", "multipart", "updated_at"])
    return True


async def expire_next_result(remove: Callable[[Job], Awaitable[None]]) -> bool:
    """Expire what is stored of one job that ended longer ago than its tier's retention; False without one."""
    async with transaction() as connection:
        job_id = await _first(connection, _JOB)
        if job_id is None:
            return False
        job = await Job.get(id=job_id, using_db=connection)
        await remove(job)
        job.result_key = job.preview_key = job.source_preview_key = job.poster_key = None
        job.expired_at = now()
        await job.save(
            using_db=connection,
            update_fields=["result_key", "preview_key", "source_preview_key", "poster_key", "expired_at"],
        )
    return True


async def _first(connection: BaseDBAsyncClient, query: str, *values: UUID) -> UUID | None:
    rows = await connection.execute_query_dict(query, list(values))
    return rows[0]["id"] if rows else None
