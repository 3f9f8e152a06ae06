"""What becomes of attempts, segments and jobs when agents report: read under lock, decided, written.

async with settling(attempt_ids, fence) as settlement:   # one transaction for a batch of reports
    ... look at settlement.attempts, call its methods ...
"""

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from tortoise.backends.base.client import BaseDBAsyncClient

from contracts.errors import Failure
from contracts.messages import MergeTask
from contracts.states import AttemptState, JobState, SegmentState
from contracts.subjects import merge_task
from storage import outbox
from storage.database import transaction
from storage.dispatch import lock_jobs
from storage.fence import FENCE, STILL, Deposed, fenced
from storage.lifecycle import finish_job


@dataclass(slots=True)
class AttemptRow:
    """An attempt with its surroundings, as it stands under the lock.

    Attributes:
        failed: Attempts at the segment that failed since the job was submitted or retried.
        deaths: Agents that died or hung over the segment since then.
        rivals: Open attempts at the same segment besides this one.
        key: The object of the segment's result; None while there is none.
    """

    attempt_id: UUID
    job_id: UUID
    segment_id: int
    index: int
    state: AttemptState
    segment: SegmentState
    job: JobState
    failed: int
    deaths: int
    rivals: list[UUID]
    key: str | None


@dataclass(frozen=True, slots=True)
class AttemptEnd:
    """How an attempt's row is to read; `charged` GPU seconds count against the user."""

    attempt_id: UUID
    state: AttemptState
    agent_id: str | None
    gpu_seconds: float
    charged: float
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class SegmentEnd:
    """How a segment's row is to read; all but `state` and `failure` only where it is done."""

    segment_id: int
    state: SegmentState
    failure: Failure | None = None
    key: str | None = None
    size: int | None = None
    frames: int | None = None
    faces: int | None = None
    face_frames: int | None = None
    damaged: int | None = None
    gpu_seconds: float | None = None


# Everything of these jobs stands still until the transaction ends; a successor waits for that, too.
_HOLD = """
WITH leader AS MATERIALIZED (SELECT token FROM fences WHERE name = $2 FOR SHARE),
held AS MATERIALIZED (
    SELECT id FROM jobs WHERE id IN (SELECT job_id FROM attempts WHERE id = ANY($1::uuid[]))
      AND (SELECT token FROM leader) = $3
    ORDER BY id FOR UPDATE
)
SELECT (SELECT count(*) FROM held) AS jobs, set_config('idle_in_transaction_session_timeout', $4, true)
FROM leader WHERE token = $3
"""

# An attempt is handed on when its agent dies: it was handed out once more than agents died over it.
# The first attempt at a segment, in the hands of its first agent, has no past to be read.
_READ = """
SELECT a.id AS attempt_id, a.job_id, a.segment_id, s.index, a.state, s.state AS segment, j.state AS job,
       r.failed, r.deaths, r.rivals, s.key
FROM attempts a JOIN segments s ON s.id = a.segment_id JOIN jobs j ON j.id = a.job_id,
LATERAL (
    SELECT count(*) FILTER (WHERE o.state = 'failed') AS failed,
           count(*) FILTER (WHERE o.state = 'lost' AND o.failure ->> 'reason' = 'agent-lost')
               + coalesce(sum(greatest(o.deliveries - 1, 0)), 0) AS deaths,
           coalesce(array_agg(o.id) FILTER (WHERE o.state IN ('released', 'running') AND o.id <> a.id),
                    ARRAY[]::uuid[]) AS rivals
    FROM (SELECT id, state, failure, deliveries FROM attempts WHERE segment_id = s.id
              AND (s.attempts_made > 1 OR a.deliveries > 1 OR a.state NOT IN ('released', 'running'))
          ORDER BY released_at DESC LIMIT greatest(s.attempts_made, 1)) o
) r
WHERE a.id = ANY($1::uuid[])
"""

_RUN = """
UPDATE attempts a SET state = 'running', agent_id = i.agent_id, started_at = coalesce(a.started_at, now()),
       deliveries = greatest(a.deliveries, 1)
FROM unnest($1::uuid[], $2::text[]) AS i(id, agent_id)
WHERE a.id = i.id AND a.state IN ('released', 'running')
"""

_DIE = "UPDATE attempts SET deliveries = greatest(deliveries, 1) + 1 WHERE id = $1"

_END = """
WITH ended AS (
    UPDATE attempts a SET state = i.state, agent_id = coalesce(i.agent_id, a.agent_id),
           started_at = coalesce(a.started_at, now() - make_interval(secs => i.gpu_seconds)),
           gpu_seconds = i.gpu_seconds, charged_seconds = i.charged, failure = i.failure, ended_at = now()
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::float8[], $5::float8[], $6::jsonb[])
         AS i(id, state, agent_id, gpu_seconds, charged, failure)
    WHERE a.id = i.id
),
moved AS (
    UPDATE segments s SET state = i.state, failure = i.failure, key = i.key, size = i.size,
           frames = i.frames, faces = i.faces, face_frames = i.face_frames, damaged = i.damaged,
           gpu_seconds = i.gpu_seconds
    FROM unnest($7::bigint[], $8::text[], $9::jsonb[], $10::text[], $11::bigint[], $12::int[], $13::int[],
                $14::int[], $15::int[], $16::float8[])
         AS i(id, state, failure, key, size, frames, faces, face_frames, damaged, gpu_seconds)
    WHERE s.id = i.id
    RETURNING s.job_id, s.state, s.frames, s.faces, s.face_frames, s.gpu_seconds
),
total AS (
    SELECT job_id, count(*) AS segments, sum(frames) AS frames, sum(faces) AS faces,
           sum(face_frames) AS face_frames, sum(gpu_seconds) AS gpu_seconds
    FROM moved WHERE state = 'done' GROUP BY job_id
)
UPDATE jobs j SET segments_done = j.segments_done + t.segments, frames = j.frames + t.frames,
       faces_swapped = j.faces_swapped + t.faces, face_frames = j.face_frames + t.face_frames,
       gpu_seconds = j.gpu_seconds + t.gpu_seconds
FROM total t WHERE j.id = t.job_id
RETURNING j.id, j.segments_done >= j.segments_total AS complete
"""

_MERGE = """
UPDATE jobs SET state = 'merging', no_face_found = (face_frames = 0)
WHERE id = ANY($1::uuid[]) AND state IN ('waiting', 'running') AND segments_total > 0
  AND segments_done = segments_total
RETURNING id, endings
"""


class Settlement:
    """The open transaction over a batch of reports. Made by `settling`.

    Attributes:
        attempts: The attempts reported about, by id; one that is gone with its job is missing.
    """

    def __init__(self, connection: BaseDBAsyncClient, attempts: dict[UUID, AttemptRow]) -> None:
        self._connection = connection
        self.attempts = attempts

    @property
    def cancelling(self) -> set[UUID]:
        """Jobs that a user has asked to stop, and that had not ended, of those whose attempts these are."""
        return {row.job_id for row in self.attempts.values() if row.job is JobState.CANCELLING}

    async def run(self, started: Sequence[tuple[UUID, str]]) -> None:
        """Note that agents began attempts: id, agent."""
        if started:
            await self._connection.execute_query(_RUN, _columns(list(dict(started).items()), 2))

    async def count_deaths(self, attempt_ids: Iterable[UUID]) -> None:
        """Note that agents died over attempts that were handed to others."""
        for attempt_id in attempt_ids:
            await self._connection.execute_query(_DIE, [attempt_id])

    async def end(self, attempts: Sequence[AttemptEnd], segments: Sequence[SegmentEnd]) -> set[UUID]:
        """Write how attempts ended and where segments stand now, of several words on one the last.

        Segments that are done are added to their jobs' sums. Jobs of which none is missing any more are
        merged; they are returned.
        """
        if not attempts and not segments:
            return set()
        ends = [_attempt_end(end) for end in {end.attempt_id: end for end in attempts}.values()]
        stands = [_segment_end(end) for end in {end.segment_id: end for end in segments}.values()]
        columns = [*_columns(ends, 6), *_columns(stands, 10)]
        rows = await self._connection.execute_query_dict(_END, columns)
        complete = [row["id"] for row in rows if row["complete"]]
        return await start_merges(self._connection, complete) if complete else set()

    async def fail(self, job_id: UUID, failure: Failure) -> bool:
        """End a job as failed. False if it has ended, or is being cancelled."""
        return await finish_job(job_id, JobState.FAILED, failure)

    async def is_cancelling(self, job_id: UUID) -> bool:
        """Whether a user has asked for the job to stop, and it has not ended."""
        rows = await self._connection.execute_query_dict(
            "SELECT 1 FROM jobs WHERE id = $1 AND state = 'cancelling'", [job_id]
        )
        return bool(rows)

    async def drop_waiting(self, job_id: UUID) -> None:
        """Cancel the segments of a job that wait."""
        await self._connection.execute_query(
            "UPDATE segments SET state = 'cancelled' WHERE job_id = $1 AND state = 'waiting'", [job_id]
        )

    async def cancel_if_stopped(self, job_id: UUID) -> bool:
        """End a job as cancelled if it is to be, and none of its attempts is open.

        The last attempt may end before the scheduler hears of the cancel.
        """
        rows = await self._connection.execute_query_dict(
            """
            SELECT 1 FROM jobs j WHERE j.id = $1 AND j.state = 'cancelling' AND NOT EXISTS
                (SELECT 1 FROM attempts a WHERE a.job_id = j.id AND a.state IN ('released', 'running'))
            """,
            [job_id],
        )
        return bool(rows) and await finish_job(job_id, JobState.CANCELLED)


@asynccontextmanager
async def settling(attempt_ids: Iterable[UUID], fence: int) -> AsyncIterator[Settlement]:
    """A transaction that holds the jobs of these attempts.

    Raises Deposed if `fence` is not the newest, UnavailableError without a database.
    """
    wanted = list(attempt_ids)
    async with transaction() as connection:
        held = await connection.execute_query_dict(_HOLD, [wanted, FENCE, fence, STILL])
        if not held:
            raise Deposed
        found = await connection.execute_query_dict(_READ, [wanted])
        yield Settlement(connection, {row["attempt_id"]: _attempt(row) for row in found})


@asynccontextmanager
async def settling_job(job_id: UUID, fence: int) -> AsyncIterator[Settlement]:
    """A transaction that holds a job; `attempts` are its open ones. Raises as `settling` does."""
    async with fenced(fence) as connection:
        await lock_jobs(connection, [job_id])
        rows = await connection.execute_query_dict(
            "SELECT id FROM attempts WHERE job_id = $1 AND state IN ('released', 'running')", [job_id]
        )
        found = await connection.execute_query_dict(_READ, [[row["id"] for row in rows]])
        yield Settlement(connection, {row["attempt_id"]: _attempt(row) for row in found})


async def start_merges(
    connection: BaseDBAsyncClient, job_ids: Iterable[UUID], *, again: str = ""
) -> set[UUID]:
    """Move jobs whose segments are all done to merging, with a task for the merger; they are returned.

    `again` makes the task's id another one, for a task that was lost.
    """
    rows = await connection.execute_query_dict(_MERGE, [sorted(set(job_ids))])
    for row in rows:
        await add_merge_task(connection, row["id"], f"merge:{row['endings']}{again}")
    return {row["id"] for row in rows}


async def add_merge_task(connection: BaseDBAsyncClient, job_id: UUID, name: str) -> None:
    """Have a job merged; a task of the same `name` is added once."""
    await outbox.add(connection, merge_task(job_id), MergeTask(job_id=job_id), id=uuid5(job_id, name))


def _attempt(row: dict[str, Any]) -> AttemptRow:
    states = {
        "state": AttemptState(row["state"]),
        "segment": SegmentState(row["segment"]),
        "job": JobState(row["job"]),
    }
    return AttemptRow(**{**row, **states})


def _json(failure: Failure | None) -> str | None:
    return None if failure is None else json.dumps(failure.model_dump(mode="json"))


def _attempt_end(end: AttemptEnd) -> tuple[Any, ...]:
    return (
        end.attempt_id,
        end.state.value,
        end.agent_id,
        end.gpu_seconds,
        end.charged,
        _json(end.failure),
    )


def _segment_end(end: SegmentEnd) -> tuple[Any, ...]:
    return (
        end.segment_id,
        end.state.value,
        _json(end.failure),
        end.key,
        end.size,
        end.frames,
        end.faces,
        end.face_frames,
        end.damaged,
        end.gpu_seconds,
    )


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [[row[place] for row in rows] for place in range(width)]


async def merge_if_complete(job_id: UUID) -> bool:
    """Have a job merged whose segments are all done. False if it is not so, or it does not go on."""
    async with transaction() as connection:
        await lock_jobs(connection, [job_id])
        return job_id in await start_merges(connection, [job_id])


async def merge_again(job_id: UUID, fence: int) -> None:
    """Add a merge task for a job in merging whose task was lost; once per leader."""
    async with transaction() as connection:
        await add_merge_task(connection, job_id, f"merge again:{fence}")
