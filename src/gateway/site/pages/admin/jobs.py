"""Everybody's jobs, and what went wrong in one."""

from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web

from contracts.errors import Reason, VisageError
from contracts.states import JobState
from gateway.admin.guard import by_of
from gateway.admin.requests import UNFINISHED, JobQuery
from gateway.bodies import path_id, validate
from gateway.problems import status_of
from gateway.services.admin import jobs as service
from gateway.site.pages.admin.options import same, tier_options
from gateway.site.render import render
from gateway.site.shown.job import JobShown
from gateway.site.shown.trouble import TroubleLine
from storage.admin import jobs
from storage.pauses import pause_of

PAGE = 30


async def overview(request: web.Request) -> web.Response:
    """GET /admin/jobs?state=&user=&tier=&reason=."""
    given = {name: value for name, value in request.query.items() if value}
    found, cursor = await service.list_jobs(validate(JobQuery, {**given, "limit": PAGE}))
    given.pop("cursor", None)
    return render(
        request,
        "admin/jobs.html",
        rows=[(JobShown.of(job), job.user) for job in found],
        wanted=given,
        states=same([UNFINISHED, *JobState]),
        tier_options=await tier_options(),
        reasons=same(Reason),
        next_page=f"/admin/jobs?{urlencode({**given, 'cursor': cursor})}" if cursor else None,
    )


async def show(request: web.Request) -> web.Response:
    """GET /admin/jobs/{id}."""
    return await _page(request, path_id(request, "id"))


async def cancel(request: web.Request) -> web.Response:
    """POST /admin/jobs/{id}/cancel."""
    job_id = path_id(request, "id")
    try:
        await jobs.cancel_job(by_of(request), job_id)
    except VisageError as error:
        return await _page(request, job_id, error)
    raise web.HTTPSeeOther(f"/admin/jobs/{job_id}")


async def retry(request: web.Request) -> web.Response:
    """POST /admin/jobs/{id}/retry."""
    job_id = path_id(request, "id")
    try:
        await jobs.retry_job(by_of(request), job_id)
    except VisageError as error:
        return await _page(request, job_id, error)
    raise web.HTTPSeeOther(f"/admin/jobs/{job_id}")


async def _page(request: web.Request, job_id: UUID, error: VisageError | None = None) -> web.Response:
    job = await jobs.job_of_anyone(job_id)
    return render(
        request,
        "admin/job.html",
        status=status_of(error.reason) if error else 200,
        error=error.message if error else None,
        job=JobShown.of(job, await pause_of(job.user.tier_id)),
        owner=job.user,
        troubles=[TroubleLine.of(trouble) for trouble in (await service.get_job(job_id)).troubles],
    )
