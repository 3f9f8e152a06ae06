"""From rows to the board: a job that was planned, or that a former leader left."""

from contracts.engines import TIMED, family
from contracts.media import EncodeSpec, MediaInfo, MediaKind, Plan
from contracts.messages import FaceRef
from contracts.states import AttemptState, JobState, SegmentState
from scheduler.board import Flight, JobFacts
from scheduler.dispatcher import Dispatcher
from scheduler.estimate import CostClass, lines_class
from scheduler.fairqueue import Terms
from scheduler.lead import Lead
from storage.casts import persons_of_job
from storage.dispatch import OpenAttempt, SegmentFacts, faces_of_job, open_attempts, segments_of
from storage.library import frames_key
from storage.models import Job
from storage.outcomes import merge_if_complete
from storage.weights import weights_of

_LEAST_SECONDS = 0.04  # of a video segment: one frame
_UNIT_SECONDS = 1.0  # a picture, or what a timed engine spends, counts as much as a second of video


async def admit(lead: Lead, dispatcher: Dispatcher, job: Job) -> None:
    """Let a planned job's waiting segments stand in the fair queue and follow its open attempts.

    A job that is known already is left as it is. One whose segments are all done is merged.
    """
    if job.id in lead.board.jobs:
        return
    segments = await segments_of(job.id)
    if all(segment.state is SegmentState.DONE for segment in segments):
        if job.state is not JobState.CANCELLING:
            await merge_if_complete(job.id)
        return
    faces, attempts = await faces_of_job(job.id), await open_attempts(job.id)
    persons, weights = await persons_of_job(job.id), await weights_of(job.engine)
    if job.id in lead.board.jobs:  # somebody else did it meanwhile
        return
    facts = facts_of(job, lead.tariffs.terms_of(job.user), faces, segments)
    facts.persons, facts.weights = persons, weights
    lead.board.jobs[job.id] = facts
    for attempt in attempts:
        _follow(lead, facts, attempt)
    # Whoever published a task may have died before; what an agent has begun was published.
    unbegun = [attempt.released for attempt in attempts if attempt.state is AttemptState.RELEASED]
    dispatcher.publish(unbegun)
    if facts.state is not JobState.CANCELLING:
        for segment in segments:
            if segment.state is SegmentState.WAITING:
                lead.board.wait(facts, segment.index)
    lead.wake.set()


def _follow(lead: Lead, facts: JobFacts, attempt: OpenAttempt) -> None:
    released = attempt.released
    flight = Flight(released.attempt_id, facts.id, released.index, facts.pool, agent_id=attempt.agent_id)
    if attempt.state is AttemptState.RUNNING:
        flight.started_at = flight.released_at
    lead.board.queue(facts.pool).restore(lead.board.work(facts, released.index), facts.terms)
    lead.board.launch(flight)


def facts_of(job: Job, terms: Terms, faces: list[FaceRef], segments: list[SegmentFacts]) -> JobFacts:
    """What the board keeps of a planned job, which comes with its upload."""
    info = MediaInfo.model_validate(job.upload.info)
    plan = Plan.model_validate({**(job.plan or {}), "segments": []})
    encode = EncodeSpec.model_validate(job.encode)
    done = [segment for segment in segments if segment.state is SegmentState.DONE]
    return JobFacts(
        id=job.id,
        user=job.user_id,
        terms=terms,
        state=job.state,
        pool=job.pool,
        engine=job.engine,
        kind=info.kind,
        order=job.created_at.timestamp(),
        source_key=frames_key(job.upload),
        source_size=job.upload.size,
        stream_index=plan.stream_index,
        time_base=plan.time_base,
        encode=encode,
        faces=faces,
        cost_class=cost_class(job, encode),
        seconds={segment.index: cost_seconds(info, job.engine, segment.seconds) for segment in segments},
        segments_done=len(done),
        frames_done=sum(segment.frames or 0 for segment in done),
        frames_total=job.frames_total,
    )


def cost_class(job: Job, encode: EncodeSpec) -> CostClass:
    """Which segments cost as much as this job's, a second of source."""
    return class_of(job.pool, job.engine, encode)


def class_of(pool: str, engine: str, encode: EncodeSpec) -> CostClass:
    """Which segments cost the same a second of source."""
    preset = f"{encode.encoder}:{encode.options.get('preset', '')}"
    return CostClass(pool, engine, lines_class(encode.width, encode.height), preset)


def cost_seconds(info: MediaInfo, engine: str, seconds: float) -> float:
    """Source seconds that a segment is reckoned by. A timed engine's cost does not depend on its length."""
    if info.kind is MediaKind.PICTURE or family(engine) == TIMED:
        return _UNIT_SECONDS
    return max(seconds, _LEAST_SECONDS)
