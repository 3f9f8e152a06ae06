"""What was released, measured and merged of late: what a scheduler that takes over learns from. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.media import EncodeSpec, MediaInfo
from contracts.states import AttemptState
from storage.database import guard, transaction
from storage.models import Job

_RELEASES = """
WITH ended AS (
    SELECT id, user_id, pool, finished_at FROM jobs WHERE expired_at IS NULL AND finished_at IS NOT NULL
    ORDER BY finished_at DESC LIMIT 1000
),
near AS (
    SELECT id, user_id, pool FROM jobs WHERE state NOT IN ('done', 'failed', 'cancelled')
    UNION ALL
    SELECT id, user_id, pool FROM ended WHERE finished_at > now() - interval '10 minutes'
    UNION
    (SELECT id, user_id, pool FROM ended ORDER BY finished_at DESC LIMIT 50)
)
SELECT a.released_at, a.state, a.charged_seconds, a.gpu_seconds, s.job_id, s.index,
       s.range->>'seconds' AS seconds, near.user_id, near.pool, coalesce(u.weight, t.weight) AS weight
FROM near JOIN attempts a ON a.job_id = near.id JOIN segments s ON s.id = a.segment_id
     JOIN users u ON u.id = near.user_id JOIN tiers t ON t.name = u.tier_id
ORDER BY a.released_at DESC, s.index DESC LIMIT $1
"""

_MERGES = """
SELECT extract(epoch FROM j.finished_at - max(a.ended_at)) AS took, u.info->>'duration_seconds' AS seconds
FROM (SELECT * FROM jobs WHERE state = 'done' AND expired_at IS NULL AND endings = 1
      ORDER BY finished_at DESC LIMIT $1) j
     JOIN attempts a ON a.job_id = j.id JOIN uploads u ON u.id = j.upload_id
WHERE a.state = 'done' GROUP BY j.id, j.finished_at, u.id ORDER BY j.finished_at
"""


@dataclass(frozen=True, slots=True)
class PastRelease:
    """An attempt of the past.

    Attributes:
        weight: The user's weight at present.
        seconds: Source seconds of its segment.
        gpu_seconds: What it cost. `charged`: what of it counts for its user.
    """

    released_at: datetime
    state: AttemptState
    user_id: UUID
    weight: float
    pool: str
    job_id: UUID
    index: int
    seconds: float
    gpu_seconds: float
    charged: float


@dataclass(frozen=True, slots=True)
class PastJob:
    """How a job's segments are made: what decides what they cost."""

    job: Job
    info: MediaInfo
    encode: EncodeSpec


@dataclass(frozen=True, slots=True)
class PastMerge:
    """A result of `source_seconds` was there `took` seconds after its last segment."""

    source_seconds: float
    took: float


async def recent_releases(most: int) -> list[PastRelease]:
    """The newest `most` attempts, oldest first, of jobs that go on or ended of late."""
    async with transaction() as connection:
        rows = await connection.execute_query_dict(_RELEASES, [most])
    return [_release(row) for row in reversed(rows)]


async def past_jobs(job_ids: set[UUID]) -> dict[UUID, PastJob]:
    """How the segments of planned jobs are made, by job."""
    async with guard():
        found = await Job.filter(id__in=list(job_ids), encode__isnull=False).select_related("upload")
    return {
        job.id: PastJob(job, MediaInfo.model_validate(job.upload.info), EncodeSpec.model_validate(job.encode))
        for job in found
    }


async def recent_merges(most: int) -> list[PastMerge]:
    """The newest `most` jobs that were merged, oldest first."""
    async with transaction() as connection:
        rows = await connection.execute_query_dict(_MERGES, [most])
    return [PastMerge(float(row["seconds"]), max(float(row["took"]), 0.0)) for row in rows]


def _release(row: dict[str, Any]) -> PastRelease:
    return PastRelease(
        released_at=row["released_at"],
        state=AttemptState(row["state"]),
        user_id=row["user_id"],
        weight=row["weight"],
        pool=row["pool"],
        job_id=row["job_id"],
        index=row["index"],
        seconds=float(row["seconds"]),
        gpu_seconds=row["gpu_seconds"],
        charged=row["charged_seconds"],
    )
