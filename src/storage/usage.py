"""GPU seconds that users were charged, by day and by job."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.connection import get_connections

from storage.faults import guard
from storage.orm import CONNECTION

_DAYS = """
SELECT (a.ended_at AT TIME ZONE 'UTC')::date AS day, sum(a.charged_seconds) AS seconds,
       count(DISTINCT a.job_id) AS jobs
FROM attempts a JOIN jobs j ON j.id = a.job_id
WHERE j.user_id = $1 AND a.ended_at >= $2 AND a.charged_seconds > 0
GROUP BY day ORDER BY day DESC
"""

_JOBS = """
SELECT j.id, u.filename, j.state, j.created_at, sum(a.charged_seconds) AS seconds
FROM attempts a JOIN jobs j ON j.id = a.job_id JOIN uploads u ON u.id = j.upload_id
WHERE j.user_id = $1 AND a.ended_at >= $2 AND a.charged_seconds > 0
GROUP BY j.id, u.filename ORDER BY j.created_at DESC, j.id LIMIT $3
"""

_USERS = """
SELECT j.user_id, sum(a.charged_seconds) AS seconds FROM attempts a JOIN jobs j ON j.id = a.job_id
WHERE j.user_id = ANY($1::uuid[]) AND a.ended_at >= $2 GROUP BY j.user_id
"""


@dataclass(frozen=True, slots=True)
class DayUsage:
    """What a user was charged on a day (UTC), and for how many jobs."""

    day: date
    seconds: float
    jobs: int


@dataclass(frozen=True, slots=True)
class JobUsage:
    """What a user was charged for a job since a moment."""

    id: UUID
    filename: str
    state: str
    created_at: datetime
    seconds: float


async def days_of(user_id: UUID, since: datetime) -> list[DayUsage]:
    """The days since then on which the user was charged, newest first."""
    return [DayUsage(**row) for row in await _query(_DAYS, user_id, since)]


async def jobs_of(user_id: UUID, since: datetime, limit: int) -> list[JobUsage]:
    """The jobs that the user was charged for since then, newest first."""
    return [JobUsage(**row) for row in await _query(_JOBS, user_id, since, limit)]


async def seconds_of(user_ids: list[UUID], since: datetime) -> dict[UUID, float]:
    """What each of these users was charged since then; who was not is missing."""
    rows = await _query(_USERS, user_ids, since)
    return {row["user_id"]: row["seconds"] for row in rows}


@guard()
async def _query(sql: str, *values: Any) -> list[dict[str, Any]]:
    return await get_connections().get(CONNECTION).execute_query_dict(sql, list(values))
