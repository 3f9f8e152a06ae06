"""What a job made: the result to keep, and what a browser shows of it."""

from aiohttp import web

from contracts.errors import Reason, RequestError
from contracts.states import JobState
from gateway.api.files import send_object
from gateway.api.operation import Operation
from gateway.bodies import path_id
from gateway.context import gateway_of
from gateway.principal import principal_of
from gateway.services import jobs
from gateway.views.files import content_type_of, result_name
from storage.models import Job


async def _result(request: web.Request) -> web.StreamResponse:
    job = await _finished(request)
    return await _send(request, job.result_key, save_as=result_name(job))


async def _preview(request: web.Request) -> web.StreamResponse:
    job = await _finished(request)
    return await _send(request, job.preview_key or job.result_key)


async def _source_preview(request: web.Request) -> web.StreamResponse:
    job = await _job(request)
    if job.source_preview_key:
        return await _send(request, job.source_preview_key)
    return await _send(request, job.upload.key, content_type=content_type_of(job.upload.filename))


async def _poster(request: web.Request) -> web.StreamResponse:
    return await _send(request, (await _finished(request)).poster_key)


async def _job(request: web.Request) -> Job:
    return await jobs.get_job(principal_of(request), path_id(request, "job_id"))


async def _finished(request: web.Request) -> Job:
    job = await _job(request)
    if job.state is not JobState.DONE:
        raise RequestError(Reason.NOT_FOUND, f"The job has no result: it is {job.state}.", state=job.state)
    return job


async def _send(
    request: web.Request, key: str | None, *, content_type: str | None = None, save_as: str | None = None
) -> web.StreamResponse:
    if key is None:
        raise RequestError(Reason.NOT_FOUND, "The job has no such file.")
    kind = content_type or content_type_of(key)
    return await send_object(request, gateway_of(request).store, key, kind, save_as=save_as)


_ANY = "application/octet-stream"
_MISSING = (Reason.NOT_FOUND,)

OPERATIONS = (
    Operation(
        "GET", "/jobs/{job_id}/result", _result, "The result, with ranges", content=_ANY, problems=_MISSING
    ),
    Operation(
        "GET", "/jobs/{job_id}/preview", _preview, "The result as a browser shows it, with ranges",
        content=_ANY, problems=_MISSING,
    ),
    Operation(
        "GET", "/jobs/{job_id}/source-preview", _source_preview,
        "The original as a browser shows it, with ranges", content=_ANY, problems=_MISSING,
    ),
    Operation(
        "GET", "/jobs/{job_id}/poster", _poster, "A still of the result", content="image/jpeg",
        problems=_MISSING,
    ),
)  # fmt: skip
