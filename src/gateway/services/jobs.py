"""Jobs: what one would make, starting, watching, stopping."""

from uuid import UUID

from contracts.errors import LimitError, RequestError
from contracts.media import MediaInfo, MediaKind
from contracts.tiers import TierPolicy
from gateway.context import Gateway
from gateway.pages import DEFAULT_LIMIT
from gateway.principal import Principal
from gateway.requests import JobRequest
from gateway.services.engines import engine_of
from gateway.services.persons import check_names
from gateway.services.quotes import quote_of
from gateway.services.ready import ready_upload
from gateway.views.estimates import EstimateView
from storage import jobs, library
from storage.models import Face, Job, Upload


async def estimate_job(gateway: Gateway, principal: Principal, request: JobRequest) -> EstimateView:
    """What the job would make, take and cost, and why it would be refused, without starting it.

    Raises:
        RequestError: NOT_FOUND, UPLOAD_NOT_READY.
    """
    upload = await ready_upload(principal, request.upload_id)
    info = _info_of(upload)
    estimate = estimate_of(info, principal.tier)
    try:
        await _cast_faces(principal, request)
        principal.tier.check_media(info)
        principal.tier.check_jobs(await jobs.count_unfinished(principal.user_id))
        engine = await engine_of(gateway.bus, gateway.settings, request.engine)
    except (LimitError, RequestError) as error:
        return estimate.model_copy(update={"refusal": error.failure})
    quote = await quote_of(gateway.bus, gateway.settings.agent.pool, upload.user_id, upload.id, engine)
    return estimate.with_quote(quote)


def estimate_of(info: MediaInfo, tier: TierPolicy) -> EstimateView:
    """Size and frame rate of the result of `info` under a tier."""
    width, height = info.video.display_size
    size = tier.scaled_size(width, height, info.kind)
    video = info.kind is MediaKind.VIDEO
    limited = tier.limited_fps(info.video.fps) if video else None
    return EstimateView(
        width=size[0],
        height=size[1],
        fps=float(limited or info.video.fps) if video else None,
        seconds=info.duration_seconds,
        scaled=size != (width, height),
        fps_reduced=limited is not None,
        tier=tier.name,
    )


async def submit_job(
    gateway: Gateway, principal: Principal, request: JobRequest, address: str | None = None
) -> Job:
    """Start a job.

    Raises:
        RequestError: NOT_FOUND (upload or face), UPLOAD_NOT_READY, UNKNOWN_PERSON, ENGINE_MISSING, WEIGHTS_MISSING,
            NON_COMMERCIAL.
        LimitError: JOBS_LIMIT, DURATION_LIMIT, SIZE_LIMIT with what would pass.
    """
    upload = await ready_upload(principal, request.upload_id)
    faces = await _cast_faces(principal, request)
    principal.tier.check_media(_info_of(upload))
    engine = await engine_of(gateway.bus, gateway.settings, request.engine)
    job = await jobs.create_job(
        principal.user,
        upload,
        faces,
        principal.tier,
        engine,
        request.options,
        persons=[person for _, person in request.casting],
        pool=gateway.settings.agent.pool,
        address=address,
    )
    return await get_job(principal, job.id)


async def _cast_faces(principal: Principal, request: JobRequest) -> list[Face]:
    """The faces of a request, each as often as it names somebody to get it."""
    await check_names(request.upload_id, request.persons)
    return [await library.face_of(principal.user_id, face) for face, _ in request.casting]


def _info_of(upload: Upload) -> MediaInfo:
    return MediaInfo.model_validate(upload.info)


async def get_job(principal: Principal, job_id: UUID) -> Job:
    """A job of the user with its `upload` and `job_faces`.

    Raises:
        RequestError: NOT_FOUND.
    """
    job = await jobs.get_job(principal.user_id, job_id)
    await job.fetch_related("job_faces")
    return job


async def list_jobs(
    principal: Principal, cursor: str | None = None, limit: int = DEFAULT_LIMIT
) -> tuple[list[Job], str | None]:
    """Jobs of the user with `upload` and `job_faces`, newest first, and the cursor of the next page."""
    page = await jobs.list_jobs(principal.user_id, cursor, limit)
    await Job.fetch_for_list(page.jobs, "job_faces")
    return page.jobs, page.next


async def cancel_job(principal: Principal, job_id: UUID, address: str | None = None) -> Job:
    """Ask for a job to stop.

    Raises:
        RequestError: NOT_FOUND; NOT_CANCELLABLE where it has ended.
    """
    await jobs.request_cancel(principal.user_id, job_id, address)
    return await get_job(principal, job_id)


async def retry_job(principal: Principal, job_id: UUID, address: str | None = None) -> Job:
    """Ask for what is missing of a failed job to be run again.

    Raises:
        RequestError: NOT_FOUND; NOT_RETRYABLE where it has not failed.
        LimitError: JOBS_LIMIT.
    """
    principal.tier.check_jobs(await jobs.count_unfinished(principal.user_id))
    await jobs.request_retry(principal.user_id, job_id, address)
    return await get_job(principal, job_id)
