"""What the service's own rows say of jobs and attempts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.connection import get_connections

from storage.orm import CONNECTION

# When a job was queued with all its segments stands in no row: a trigger notes it, once a job.
_NOTE_QUEUED = """
CREATE TABLE queued_jobs (job_id uuid PRIMARY KEY, at timestamptz NOT NULL);
CREATE FUNCTION note_queued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO queued_jobs VALUES (new.id, clock_timestamp()) ON CONFLICT DO NOTHING;
    RETURN new;
END $$;
CREATE TRIGGER note_queued AFTER UPDATE OF state ON jobs FOR EACH ROW
    WHEN (old.state = 'queued' AND new.state = 'waiting') EXECUTE FUNCTION note_queued();
"""
# Weight alone is to decide: no cap below the slots there are, no limit on jobs and length.
_LIFT_LIMITS = "UPDATE tiers SET max_in_flight = 1000, max_jobs = 1000, max_seconds = 1000000"


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """An attempt as its row says."""

    id: UUID
    job: str
    index: int
    state: str


@dataclass(frozen=True, slots=True)
class JobTimes:
    """Seconds since 1970 at which a job was in the queue with all its segments, and over."""

    queued: float
    over: float


async def _rows(query: str, *values: Any) -> list[dict[str, Any]]:
    return list(await get_connections().get(CONNECTION).execute_query_dict(query, list(values)))


async def prepare() -> None:
    """Lift the tiers' limits and note from now on when jobs are queued."""
    await get_connections().get(CONNECTION).execute_script(_LIFT_LIMITS + ";" + _NOTE_QUEUED)


async def queued(job: str) -> bool:
    """Whether all segments of the job stand in rows, or it has ended."""
    return bool(await _rows("SELECT 1 FROM jobs WHERE id = $1 AND state <> 'queued'", UUID(job)))


async def begun(job: str) -> bool:
    """Whether a segment of the job has started, or it has ended."""
    query = "SELECT 1 FROM attempts WHERE job_id = $1 AND started_at IS NOT NULL LIMIT 1"
    return bool(await _rows(query, UUID(job))) or await over([job])


async def over(jobs: Sequence[str]) -> bool:
    """Whether all of the jobs have ended."""
    query = "SELECT 1 FROM jobs WHERE id = ANY($1::uuid[]) AND finished_at IS NULL LIMIT 1"
    return not await _rows(query, [UUID(job) for job in jobs])


async def times(job: str) -> JobTimes:
    """When the job was queued and over."""
    query = """
        SELECT extract(epoch FROM q.at)::float8 AS queued, extract(epoch FROM j.finished_at)::float8 AS over
        FROM jobs j JOIN queued_jobs q ON q.job_id = j.id WHERE j.id = $1
    """
    [row] = await _rows(query, UUID(job))
    return JobTimes(row["queued"], row["over"])


async def attempts(jobs: Sequence[str]) -> list[AttemptRow]:
    """Every attempt at segments of the jobs."""
    query = """
        SELECT a.id, a.job_id, s.index, a.state FROM attempts a JOIN segments s ON s.id = a.segment_id
        WHERE a.job_id = ANY($1::uuid[])
    """
    found = await _rows(query, [UUID(job) for job in jobs])
    return [AttemptRow(row["id"], str(row["job_id"]), row["index"], row["state"]) for row in found]
