"""Jobs: what one would make, starting, listing, stopping, trying again."""

from aiohttp import web

from contracts.errors import Reason
from gateway.api.idempotent import idempotent
from gateway.api.operation import Operation
from gateway.bodies import answer, path_id, read_json, read_query
from gateway.context import gateway_of
from gateway.principal import principal_of
from gateway.requests import JobRequest, PageQuery
from gateway.services import jobs
from gateway.views.base import Page
from gateway.views.estimates import EstimateView
from gateway.views.jobs import JobView
from storage.models import Job
from storage.pauses import pause_of


async def _estimate(request: web.Request) -> web.Response:
    principal = principal_of(request)
    wanted = await read_json(request, JobRequest)
    return answer(await jobs.estimate_job(gateway_of(request), principal, wanted))


@idempotent
async def _create(request: web.Request) -> web.Response:
    principal = principal_of(request)
    wanted = await read_json(request, JobRequest)
    job = await jobs.submit_job(gateway_of(request), principal, wanted, request.remote)
    return answer(await _view(request, job), status=201, Location=f"/api/v1/jobs/{job.id}")


async def _list(request: web.Request) -> web.Response:
    query, principal = read_query(request, PageQuery), principal_of(request)
    found, cursor = await jobs.list_jobs(principal, query.cursor, query.limit)
    pause = await pause_of(principal.tier.name)
    return answer(Page[JobView](items=[JobView.of(job, pause) for job in found], next_cursor=cursor))


async def _get(request: web.Request) -> web.Response:
    job = await jobs.get_job(principal_of(request), path_id(request, "job_id"))
    return answer(await _view(request, job))


@idempotent
async def _cancel(request: web.Request) -> web.Response:
    job = await jobs.cancel_job(principal_of(request), path_id(request, "job_id"), request.remote)
    return answer(await _view(request, job), status=202)


@idempotent
async def _retry(request: web.Request) -> web.Response:
    job = await jobs.retry_job(principal_of(request), path_id(request, "job_id"), request.remote)
    return answer(await _view(request, job), status=202)


async def _view(request: web.Request, job: Job) -> JobView:
    return JobView.of(job, await pause_of(principal_of(request).tier.name))


_ENGINE = (Reason.ENGINE_MISSING, Reason.WEIGHTS_MISSING, Reason.NON_COMMERCIAL)
_START = (Reason.NOT_FOUND, Reason.UPLOAD_NOT_READY)
_LIMITS = (Reason.JOBS_LIMIT, Reason.DURATION_LIMIT, Reason.SIZE_LIMIT)

OPERATIONS = (
    Operation(
        "POST", "/jobs/estimate", _estimate, "What a job would make, cost and take, and whether it would be accepted",
        body=JobRequest, answer=EstimateView, problems=_START,
    ),
    Operation(
        "POST", "/jobs", _create, "Start a job", body=JobRequest, answer=JobView, status=201, idempotent=True,
        problems=(*_START, *_LIMITS, Reason.UNKNOWN_PERSON, *_ENGINE),
    ),
    Operation("GET", "/jobs", _list, "Jobs, newest first", query=PageQuery, answer=Page[JobView]),
    Operation("GET", "/jobs/{job_id}", _get, "One job", answer=JobView, problems=(Reason.NOT_FOUND,)),
    Operation(
        "POST", "/jobs/{job_id}/cancel", _cancel, "Stop a job", answer=JobView, status=202, idempotent=True,
        problems=(Reason.NOT_FOUND, Reason.NOT_CANCELLABLE),
    ),
    Operation(
        "POST", "/jobs/{job_id}/retry", _retry, "Run what is missing of a failed job again", answer=JobView,
        status=202, idempotent=True, problems=(Reason.NOT_FOUND, Reason.NOT_RETRYABLE, Reason.JOBS_LIMIT),
    ),
)  # fmt: skip
