"""Cuts submitted jobs into segments. What the file does not allow ends the job with its reason."""

import asyncio
from collections.abc import Collection
from uuid import UUID

import structlog

import sandbox
from bus.actor import Later
from contracts.errors import Failure, Reason, UnavailableError, VisageError, WorkError
from contracts.media import EncodeSpec, MediaInfo, Plan
from contracts.states import JobState, UploadState
from contracts.tiers import TierPolicy
from media.jobs import PlanRequest
from media.spec import encode_spec
from scheduler.admission import admit, cost_class, cost_seconds
from scheduler.dispatcher import Dispatcher
from scheduler.lead import Lead
from storage.dispatch import load_job, save_plan, tier_policy
from storage.fence import Deposed, fenced
from storage.library import frames_key
from storage.lifecycle import finish_job
from storage.models import Job
from storage.weights import settled_engine

log = structlog.get_logger()

_AT_ONCE = 4
_URL_SECONDS = 900
_LONGER, _LONGER_SECONDS = 1.05, 10.0  # than its probe said may a plan be
_WAIT_SECONDS = 1.0  # before a server that was away is asked again

_INTERNAL = Failure(
    reason=Reason.INTERNAL,
    message="The job could not be planned because of a fault on our side. It can be tried again.",
)


class Planner:
    """Plans jobs, a few at the same time, beside the dispatch of others."""

    def __init__(self, lead: Lead, dispatcher: Dispatcher) -> None:
        self._lead, self._dispatcher = lead, dispatcher
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._running: dict[UUID, asyncio.Task[None]] = {}
        sandbox.prepare("media.jobs", "media.ahead")

    def start(self, job_id: UUID) -> asyncio.Task[None]:
        """Begin to plan a job, or find the task that does; it raises nothing."""
        task = self._running.get(job_id)
        if task is None:
            task = self._running[job_id] = self._lead.group.create_task(self._plan(job_id))
            task.add_done_callback(lambda _: self._running.pop(job_id, None))
        return task

    async def plan(self, job_id: UUID) -> None:
        """Plan a job that is queued; any other is left as it is. Raises Later when the term ends first."""
        task = self.start(job_id)
        await asyncio.wait({task})
        if task.cancelled():
            raise Later(0.2)

    async def _plan(self, job_id: UUID) -> None:
        async with self._room:
            while True:
                try:
                    await self._attempt(job_id)
                    return
                except UnavailableError as error:
                    log.warning("planning waits", job=str(job_id), reason=str(error))
                await asyncio.sleep(_WAIT_SECONDS)

    async def _attempt(self, job_id: UUID) -> None:
        try:
            await self._cut(job_id)
        except (UnavailableError, Deposed):
            raise
        except VisageError as error:
            await self._fail(job_id, error.failure)
        except Exception:
            log.exception("job not planned", job=str(job_id))
            await self._fail(job_id, _INTERNAL)

    async def _fail(self, job_id: UUID, failure: Failure) -> None:
        async with fenced(self._lead.fence):
            await finish_job(job_id, JobState.FAILED, failure)

    async def _cut(self, job_id: UUID) -> None:
        job = await load_job(job_id)
        if job is None or job.state is not JobState.QUEUED:
            await self._admit(job)
            return
        await settled_engine(job.engine, commercial=self._lead.settings.commercial)
        info, encode = await self._spec(job)
        url = await self._lead.store.presigned_get(frames_key(job.upload), _URL_SECONDS)
        request = PlanRequest(
            url=url,
            segment_seconds=self._lead.settings.scheduler.segment_seconds,
            every_frame=encode.fps_limit is not None,
        )
        plan = await sandbox.run("media.jobs:plan", request, Plan, limits=self._lead.settings.sandbox)
        check_length(await tier_policy(job), info, plan)
        kind = cost_class(job, encode)
        estimates = [
            self._lead.board.estimates.seconds(kind, cost_seconds(info, job.engine, part.seconds))
            for part in plan.segments
        ]
        async with fenced(self._lead.fence):
            saved = await save_plan(job_id, plan, encode, estimates)
        if saved:
            await self._admit(await load_job(job_id))

    async def _admit(self, job: Job | None) -> None:
        if job is not None and job.state in (JobState.WAITING, JobState.RUNNING):
            await admit(self._lead, self._dispatcher, job)

    async def _spec(self, job: Job) -> tuple[MediaInfo, EncodeSpec]:
        if job.upload.state is not UploadState.READY or job.upload.info is None:
            raise WorkError(Reason.OBJECT_MISSING, "The job's video is no longer stored.", retryable=False)
        info, policy = MediaInfo.model_validate(job.upload.info), await tier_policy(job)
        policy.check_media(info)
        return info, spec_of(info, policy, self._lead.agents.encoders(job.pool))


def check_length(policy: TierPolicy, info: MediaInfo, plan: Plan) -> None:
    """Refuse a video that lasts longer than its headers said, and than the tier takes: DURATION_LIMIT.

    The end of a plan by key frames is a guess, hence the margin.
    """
    seconds = sum(part.seconds for part in plan.segments)
    if seconds > info.duration_seconds * _LONGER + _LONGER_SECONDS:
        policy.check_media(info.model_copy(update={"duration_seconds": seconds}))


def spec_of(info: MediaInfo, policy: TierPolicy, hardware: Collection[str] = ()) -> EncodeSpec:
    """How the result is encoded: like the source, reduced to what the tier allows; by `hardware` if it can."""
    size = policy.scaled_size(info.video.width, info.video.height, info.kind)
    return encode_spec(info, size, policy.limited_fps(info.video.fps), hardware=hardware)
