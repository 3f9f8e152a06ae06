"""Everybody's jobs."""

from functools import partial
from uuid import UUID

from gateway.admin.requests import JobQuery
from gateway.admin.views import AdminJobView, TroubledJobView, TroubleView
from gateway.pages import page
from storage.admin import jobs
from storage.models import Job
from storage.pauses import pause_of

_MOST_TROUBLES = 100


async def list_jobs(query: JobQuery) -> tuple[list[Job], str | None]:
    """Jobs with upload, user and faces, newest first, and the cursor of the next page."""
    found, cursor = await page(partial(jobs.find_jobs, wanted=query.wanted), query.cursor, query.limit)
    await Job.fetch_for_list(found, "job_faces")
    return found, cursor


async def get_job(job_id: UUID) -> TroubledJobView:
    """One job with what went wrong in it.

    Raises:
        RequestError: NOT_FOUND.
    """
    job = await jobs.job_of_anyone(job_id)
    troubles = await jobs.troubles_of(job_id, _MOST_TROUBLES)
    view = AdminJobView.of(job, await pause_of(job.user.tier_id)).model_dump()
    return TroubledJobView(**view, troubles=[TroubleView.of(trouble) for trouble in troubles])
