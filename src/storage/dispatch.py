"""What the scheduler reads and writes to plan jobs and hand out segments. `storage.outcomes` ends them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connections

from contracts.media import EncodeSpec, Plan
from contracts.messages import FaceRef
from contracts.states import AttemptState, JobState, SegmentState
from contracts.subjects import merge_task
from contracts.tiers import TierPolicy
from storage.database import guard, transaction
from storage.fence import FENCE, Deposed
from storage.lifecycle import lock_job
from storage.models import Job, JobFace, OutboxMessage, Segment, Tier
from storage.orm import CONNECTION
from storage.photos import photos_of, refs_of

_OPEN_JOBS = (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Release:
    """A segment to be handed out, by the attempt it becomes."""

    attempt_id: UUID
    job_id: UUID
    index: int


@dataclass(frozen=True, slots=True)
class Released:
    """A segment that was handed out.

    Attributes:
        number: Counts the segment's attempts from 1.
        range: JSON of its `contracts.media.SegmentRange`, as it is stored.
    """

    attempt_id: UUID
    job_id: UUID
    index: int
    number: int
    range: str


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """An attempt that has not ended, with what its task is made of."""

    released: Released
    state: AttemptState
    agent_id: str | None


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """A segment of a planned job; `seconds` of source it covers."""

    index: int
    state: SegmentState
    seconds: float
    frames: int | None


async def load_job(job_id: UUID) -> Job | None:
    """A job with its upload, its user and his tier."""
    async with guard():
        return await Job.get_or_none(id=job_id).select_related("upload", "user__tier")


async def unfinished_jobs() -> list[Job]:
    """Jobs that have not ended, oldest first, with upload, user and tier."""
    async with guard():
        final = [state for state in JobState if state.final]
        query = Job.exclude(state__in=final).order_by("created_at", "id")
        return await query.select_related("upload", "user__tier")


async def faces_of_job(job_id: UUID) -> list[FaceRef]:
    """The faces of a job as an agent needs them, in the order in which they were given.

    A face has the photos that it had when the job was submitted: all its segments get the same one.
    """
    async with guard():
        rows = await JobFace.filter(job_id=job_id).select_related("face", "job").order_by("id")
        until = rows[0].job.created_at if rows else None
        further = await photos_of([row.face.id for row in rows], until)
    return [FaceRef(face_id=row.face.id, photos=refs_of(row.face, further[row.face.id])) for row in rows]


# One statement, and no model of each: a day of video has many thousands.
_ADD_SEGMENTS = """
INSERT INTO segments (job_id, index, range, state, attempts_made, estimate_seconds)
SELECT $1, (part.range->>'index')::int, part.range, 'waiting', 0, estimate.seconds
FROM jsonb_array_elements($2::jsonb->'segments') WITH ORDINALITY AS part(range, place)
JOIN unnest($3::float8[]) WITH ORDINALITY AS estimate(seconds, place) USING (place)
ORDER BY place
"""


async def save_plan(job_id: UUID, plan: Plan, encode: EncodeSpec, estimates: Sequence[float]) -> bool:
    """Store a job's plan and its segments, and let it wait. False if the job is not queued any more."""
    async with transaction() as connection:
        job = await lock_job(connection, job_id)
        if job is None or job.state is not JobState.QUEUED:
            return False
        await Segment.filter(job_id=job_id).using_db(connection).delete()
        parts = plan.model_dump_json(include={"segments"})
        await connection.execute_query(_ADD_SEGMENTS, [job_id, parts, list(estimates)])
        job.plan = plan.model_dump(mode="json", exclude={"segments"})
        job.encode = encode.model_dump(mode="json")
        job.frames_total, job.segments_total = plan.frames, len(plan.segments)
        job.state = JobState.WAITING
        await job.save(
            using_db=connection,
            update_fields=["plan", "encode", "frames_total", "segments_total", "state"],
        )
    return True


async def segments_of(job_id: UUID) -> list[SegmentFacts]:
    """Every segment of a job in order."""
    async with guard():
        connection = get_connections().get(CONNECTION)
        rows = await connection.execute_query_dict(
            "SELECT index, state, (range->>'seconds')::float8 AS seconds, frames FROM segments "
            "WHERE job_id = $1 ORDER BY index",
            [job_id],
        )
    return [
        SegmentFacts(row["index"], SegmentState(row["state"]), row["seconds"], row["frames"]) for row in rows
    ]


async def open_attempts(job_id: UUID) -> list[OpenAttempt]:
    """Attempts at a job's segments that have not ended."""
    async with transaction() as connection:
        rows = await connection.execute_query_dict(
            """
            SELECT a.id AS attempt_id, a.job_id, s.index, a.number, s.range, a.state, a.agent_id
            FROM attempts a JOIN segments s ON s.id = a.segment_id
            WHERE a.job_id = $1 AND a.state IN ('released', 'running') ORDER BY a.released_at, s.index
            """,
            [job_id],
        )
    return [OpenAttempt(_released(row), AttemptState(row["state"]), row["agent_id"]) for row in rows]


async def repair() -> int:
    """Let segments wait that count as released though no attempt is open; how many there were.

    Attempts of jobs that have ended are closed: nobody follows them any more.
    """
    async with transaction() as connection:
        await connection.execute_query(
            """
            UPDATE attempts a SET state = 'cancelled', ended_at = now() FROM jobs j
            WHERE a.state IN ('released', 'running') AND j.id = a.job_id
              AND j.state IN ('done', 'failed', 'cancelled')
            """
        )
        count, _ = await connection.execute_query(
            """
            UPDATE segments s SET state = 'waiting' FROM jobs j
            WHERE s.state = 'released' AND j.id = s.job_id AND j.state IN ('waiting', 'running')
              AND NOT EXISTS (SELECT 1 FROM attempts a
                              WHERE a.segment_id = s.id AND a.state IN ('released', 'running'))
            """
        )
    return count


# One statement, and so one round trip and one transaction. The lock on the fence lets a successor wait for the
# end of it, and see all of it; jobs are locked before their segments, always in one order: no deadlocks.
# Segments are looked up by job and index first: the index of open ones, which their state invites the planner
# to use, would be read from its start for each of them.
_RELEASE = """
WITH leader AS (SELECT token FROM fences WHERE name = $4 FOR SHARE),
wanted AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS w(attempt_id, job_id, index)),
going AS MATERIALIZED (
    SELECT id, state FROM jobs
    WHERE id = ANY($2::uuid[]) AND state IN ('waiting', 'running') AND (SELECT token FROM leader) = $5
    ORDER BY id FOR UPDATE
),
started AS (
    UPDATE jobs j SET state = 'running', started_at = coalesce(j.started_at, now())
    FROM going g WHERE j.id = g.id AND g.state = 'waiting'
),
chosen AS MATERIALIZED (
    SELECT w.attempt_id, s.id FROM wanted w JOIN going g ON g.id = w.job_id
    JOIN segments s ON s.job_id = w.job_id AND s.index = w.index
),
moved AS (
    UPDATE segments s SET state = 'released', attempts_made = s.attempts_made + 1
    FROM chosen c WHERE s.id = c.id AND s.state = 'waiting'
    RETURNING c.attempt_id, s.id, s.job_id, s.index, s.attempts_made AS number, s.range
),
added AS (
    INSERT INTO attempts (id, segment_id, job_id, number, state, deliveries, gpu_seconds, charged_seconds,
                          released_at)
    SELECT attempt_id, id, job_id, number, 'released', 0, 0, 0, now() FROM moved
)
SELECT l.token, m.* FROM leader l LEFT JOIN moved m ON true
"""


async def release(fence: int, wanted: Sequence[Release]) -> list[Released]:
    """Hand out waiting segments of jobs that go on: one attempt each. The others of `wanted` are left out.

    Raises Deposed, and changes nothing, if `fence` is not the newest.
    """
    attempts = [item.attempt_id for item in wanted]
    jobs, indexes = [item.job_id for item in wanted], [item.index for item in wanted]
    async with guard():
        connection = get_connections().get(CONNECTION)
        rows = await connection.execute_query_dict(_RELEASE, [attempts, jobs, indexes, FENCE, fence])
    if not rows or rows[0]["token"] != fence:
        raise Deposed
    return [_released(row) for row in rows if row["attempt_id"] is not None]


async def lock_jobs(connection: BaseDBAsyncClient, job_ids: Iterable[UUID]) -> None:
    """Hold the rows of jobs, always in one order, before anything of theirs is touched: no deadlocks."""
    await connection.execute_query(
        "SELECT id FROM jobs WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", [sorted(job_ids)]
    )


def _released(row: dict[str, Any]) -> Released:
    return Released(row["attempt_id"], row["job_id"], row["index"], row["number"], row["range"])


async def tier_policy(job: Job) -> TierPolicy:
    """The tariff a job was submitted under, or its user's present one where that is gone.

    `job` comes with its user and his tier.
    """
    async with guard():
        tier = await Tier.get_or_none(name=job.tier_id)
    return TierPolicy.model_validate(tier or job.user.tier)


async def left_to_merge() -> list[UUID]:
    """Jobs in merging whose task was sent to the merger, and is no more in the outbox."""
    async with guard():
        jobs = [job.id for job in await Job.filter(state=JobState.MERGING).only("id")]
        subjects = [merge_task(job) for job in jobs]
        waiting = await OutboxMessage.filter(subject__in=subjects, sent_at__isnull=True).only("id", "subject")
    unsent = {message.subject for message in waiting}
    return [job for job in jobs if merge_task(job) not in unsent]
