"""History, and the page of one job."""

from uuid import UUID

from aiohttp import web

from contracts.errors import VisageError
from gateway.bodies import path_id
from gateway.principal import principal_of
from gateway.problems import status_of
from gateway.services import jobs
from gateway.site.render import render
from gateway.site.shown.job import JobShown
from storage.pauses import pause_of

PAGE = 20


async def history(request: web.Request) -> web.Response:
    """GET /jobs."""
    principal = principal_of(request)
    found, cursor = await jobs.list_jobs(principal, request.query.get("cursor"), PAGE)
    pause = await pause_of(principal.tier.name)
    shown = [JobShown.of(job, pause) for job in found]
    return render(
        request,
        "jobs.html",
        jobs=shown,
        active=any(not job.final for job in shown),
        next_page=f"/jobs?cursor={cursor}" if cursor else None,
    )


async def show(request: web.Request) -> web.Response:
    """GET /jobs/{id}."""
    return await _page(request, path_id(request, "id"))


async def cancel(request: web.Request) -> web.Response:
    """POST /jobs/{id}/cancel."""
    job_id = path_id(request, "id")
    try:
        await jobs.cancel_job(principal_of(request), job_id, request.remote)
    except VisageError as error:
        return await _page(request, job_id, error)
    raise web.HTTPSeeOther(f"/jobs/{job_id}")


async def retry(request: web.Request) -> web.Response:
    """POST /jobs/{id}/retry."""
    job_id = path_id(request, "id")
    try:
        await jobs.retry_job(principal_of(request), job_id, request.remote)
    except VisageError as error:
        return await _page(request, job_id, error)
    raise web.HTTPSeeOther(f"/jobs/{job_id}")


async def _page(request: web.Request, job_id: UUID, error: VisageError | None = None) -> web.Response:
    principal = principal_of(request)
    job = await jobs.get_job(principal, job_id)
    shown = JobShown.of(job, await pause_of(principal.tier.name))
    status = status_of(error.reason) if error else 200
    message = error.message if error else None
    return render(request, "job.html", status=status, job=shown, error=message)
