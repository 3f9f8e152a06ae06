"""Everybody's jobs."""

from aiohttp import web

from contracts.errors import Reason
from gateway.admin.guard import by_of
from gateway.admin.requests import JobQuery
from gateway.admin.views import AdminJobView, TroubledJobView
from gateway.api.operation import Operation
from gateway.bodies import answer, path_id, read_query
from gateway.services.admin import jobs as service
from gateway.views.base import Page
from storage.admin import jobs


async def _list(request: web.Request) -> web.Response:
    found, cursor = await service.list_jobs(read_query(request, JobQuery))
    return answer(Page[AdminJobView](items=[AdminJobView.of(job) for job in found], next_cursor=cursor))


async def _get(request: web.Request) -> web.Response:
    return answer(await service.get_job(path_id(request, "job_id")))


async def _cancel(request: web.Request) -> web.Response:
    job_id = path_id(request, "job_id")
    await jobs.cancel_job(by_of(request), job_id)
    return answer(await service.get_job(job_id), status=202)


async def _retry(request: web.Request) -> web.Response:
    job_id = path_id(request, "job_id")
    await jobs.retry_job(by_of(request), job_id)
    return answer(await service.get_job(job_id), status=202)


OPERATIONS = (
    Operation(
        "GET", "/admin/jobs", _list, "Everybody's jobs, newest first, by state, user, tier and reason",
        query=JobQuery, answer=Page[AdminJobView], admin=True,
    ),
    Operation(
        "GET", "/admin/jobs/{job_id}", _get, "One job with its segments in trouble and their attempts",
        answer=TroubledJobView, admin=True,
    ),
    Operation(
        "POST", "/admin/jobs/{job_id}/cancel", _cancel, "Stop anyone's job", answer=TroubledJobView,
        status=202, admin=True, problems=(Reason.NOT_CANCELLABLE,),
    ),
    Operation(
        "POST", "/admin/jobs/{job_id}/retry", _retry, "Run what is missing of anyone's failed job",
        answer=TroubledJobView, status=202, admin=True, problems=(Reason.NOT_RETRYABLE,),
    ),
)  # fmt: skip
