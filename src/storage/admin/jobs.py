"""Everybody's jobs, with what went wrong in them."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.connection import get_connections
from tortoise.expressions import Q

from contracts.errors import Reason, RequestError
from contracts.states import JobState, SegmentState
from storage.admin.deeds import By, note
from storage.database import guard, transaction
from storage.jobs import request_cancel, request_retry
from storage.models import Attempt, Job, Segment
from storage.orm import CONNECTION

Position = tuple[datetime, UUID]

_UNFINISHED = [state for state in JobState if not state.final]

_COUNT = """
SELECT count(*) FILTER (WHERE state NOT IN ('done', 'failed', 'cancelled')) AS unfinished, count(*) AS jobs
FROM jobs WHERE user_id = $1
"""

_ATTEMPTED = """
SELECT DISTINCT segment_id FROM attempts
WHERE job_id = $1 AND state IN ('failed', 'lost') ORDER BY segment_id LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs are asked for; what is None or empty does not matter. `unfinished` outweighs `state`."""

    state: JobState | None = None
    unfinished: bool = False
    user_id: UUID | None = None
    email: str = ""
    tier: str | None = None
    reason: Reason | None = None

    @property
    def condition(self) -> Q:
        """The filter as a condition on jobs."""
        wanted: dict[str, Any] = {
            "state": None if self.unfinished else self.state,
            "state__in": _UNFINISHED if self.unfinished else None,
            "user_id": self.user_id,
            "user__email__icontains": self.email or None,
            "tier_id": self.tier or None,
            "failure__contains": {"reason": self.reason.value} if self.reason else None,
        }
        return Q(**{name: value for name, value in wanted.items() if value is not None})


@dataclass(frozen=True, slots=True)
class Trouble:
    """A segment that failed, or was tried more than once, with its attempts in order."""

    segment: Segment
    attempts: list[Attempt]


@guard()
async def find_jobs(before: Position | None, limit: int, wanted: JobFilter) -> list[Job]:
    """Jobs, newest first, with upload and user."""
    query = Job.filter(wanted.condition)
    if before is not None:
        moment, job_id = before
        query = query.filter(Q(created_at__lt=moment) | Q(created_at=moment, id__lt=job_id))
    return await query.order_by("-created_at", "-id").limit(limit).select_related("upload", "user")


@guard()
async def job_of_anyone(job_id: UUID) -> Job:
    """A job with upload, user and faces.

    Raises:
        RequestError: NOT_FOUND.
    """
    job = await Job.get_or_none(id=job_id).select_related("upload", "user")
    if job is None:
        raise RequestError(Reason.NOT_FOUND, "There is no such job.", job=str(job_id))
    await job.fetch_related("job_faces")
    return job


@guard()
async def troubles_of(job_id: UUID, most: int) -> list[Trouble]:
    """The first segments of a job of which an attempt failed or was lost, with all their attempts."""
    rows = await get_connections().get(CONNECTION).execute_query_dict(_ATTEMPTED, [job_id, most])
    wanted = [row["segment_id"] for row in rows]
    failed = Segment.filter(job_id=job_id).filter(Q(id__in=wanted) | Q(state=SegmentState.FAILED))
    segments = await failed.order_by("index").limit(most)
    attempts = await Attempt.filter(segment_id__in=[row.id for row in segments]).order_by(
        "released_at", "number"
    )
    return [Trouble(row, [one for one in attempts if one.segment_id == row.id]) for row in segments]


@guard()
async def counts_of(user_id: UUID) -> tuple[int, int]:
    """How many jobs of a user are unfinished, and how many there are."""
    rows = await get_connections().get(CONNECTION).execute_query_dict(_COUNT, [user_id])
    return rows[0]["unfinished"], rows[0]["jobs"]


async def cancel_job(by: By, job_id: UUID) -> None:
    """Ask for anyone's job to stop.

    Raises:
        RequestError: NOT_FOUND, NOT_CANCELLABLE.
    """
    job = await job_of_anyone(job_id)
    async with transaction() as connection:
        await request_cancel(job.user_id, job_id, by.address)
        await note(connection, by, "job.cancel", f"job:{job_id}", before={"state": job.state})


async def retry_job(by: By, job_id: UUID) -> None:
    """Ask for what is missing of anyone's failed job to be run again.

    Raises:
        RequestError: NOT_FOUND, NOT_RETRYABLE.
    """
    job = await job_of_anyone(job_id)
    async with transaction() as connection:
        await request_retry(job.user_id, job_id, by.address)
        await note(connection, by, "job.retry", f"job:{job_id}", before={"failure": job.failure})


async def cancel_jobs_of(by: By, user_id: UUID) -> int:
    """Ask for every unfinished job of a user to stop; how many were asked."""
    async with guard():
        query = Job.filter(user_id=user_id, state__in=_UNFINISHED).exclude(state=JobState.CANCELLING)
        job_ids: list[UUID] = [job.id for job in await query.order_by("-created_at").only("id")]
    asked = []
    for job_id in job_ids:  # the newest first: what waits would start when an older one stops
        with suppress(RequestError):  # it ended meanwhile
            await request_cancel(user_id, job_id, by.address)
            asked.append(job_id)
    async with transaction() as connection:
        await note(connection, by, "user.cancel-jobs", f"user:{user_id}", after={"jobs": asked})
    return len(asked)
