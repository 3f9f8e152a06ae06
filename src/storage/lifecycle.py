"""How a job moves from state to state. Rows decide: whoever comes second is told that he did.

queued -> waiting -> running -> merging -> done
any of these -> failed | cancelling;  cancelling -> cancelled;  failed -> queued | waiting (retry)
"""

from typing import Any
from uuid import UUID, uuid5

from tortoise.backends.base.client import BaseDBAsyncClient

from contracts.errors import Failure
from contracts.messages import JobEvent, now
from contracts.states import JobState, SegmentState
from contracts.subjects import job_event
from storage import outbox
from storage.database import guard, transaction
from storage.models import Job, Segment

_BEFORE: dict[JobState, tuple[JobState, ...]] = {
    JobState.WAITING: (JobState.QUEUED,),
    JobState.RUNNING: (JobState.QUEUED, JobState.WAITING),
    JobState.MERGING: (JobState.QUEUED, JobState.WAITING, JobState.RUNNING),
}


def may_finish(state: JobState, end: JobState) -> bool:
    """Whether a job in `state` may end as `end`: what is being cancelled ends in no other way."""
    if not end.final:
        raise ValueError(f"{end} is no final state")
    return not state.final and (state is not JobState.CANCELLING or end is JobState.CANCELLED)


def event_id(job_id: UUID, state: JobState, ending: int) -> UUID:
    """The id of the event that tells of a job's end number `ending`, from 1: the same for every teller."""
    return uuid5(job_id, f"{state}:{ending}")


@guard()
async def mark_job(job_id: UUID, state: JobState, **fields: Any) -> bool:
    """Move a job on to waiting, running or merging and set `fields`; False if it is not in a state before."""
    moved = Job.filter(id=job_id, state__in=_BEFORE[state])
    return bool(await moved.update(state=state, **fields))


async def finish_job(job_id: UUID, state: JobState, failure: Failure | None = None, **fields: Any) -> bool:
    """End a job as done, failed or cancelled, set `fields` such as `result_key`, and tell of it once.

    Segments that wait are cancelled with it, whoever ends it: nobody would take them up.
    False, and nothing changed, if it has ended, is gone, or is being cancelled and `state` is another end.
    """
    async with transaction() as connection:
        job = await lock_job(connection, job_id)
        if job is None or not may_finish(job.state, state):
            return False
        job.update_from_dict({**fields, "state": state, "finished_at": now(), "endings": job.endings + 1})
        job.failure = None if failure is None else failure.model_dump(mode="json")
        await job.save(
            using_db=connection, update_fields=["state", "failure", "finished_at", "endings", *fields]
        )
        waiting = Segment.filter(job_id=job_id, state=SegmentState.WAITING).using_db(connection)
        await waiting.update(state=SegmentState.CANCELLED)
        await _tell(connection, job, failure)
    return True


async def reopen_job(job_id: UUID) -> bool:
    """Make a failed job run again: what is done stays done, the other segments wait anew.

    Without a plan it is queued, else waiting. False if it is not failed: a second command does nothing.
    """
    async with transaction() as connection:
        job = await lock_job(connection, job_id)
        if job is None or job.state is not JobState.FAILED:
            return False
        undone = Segment.filter(job_id=job_id).exclude(state=SegmentState.DONE).using_db(connection)
        await undone.update(state=SegmentState.WAITING, attempts_made=0, failure=None)
        planned = await Segment.filter(job_id=job_id).using_db(connection).exists()
        job.state = JobState.WAITING if planned else JobState.QUEUED
        job.failure, job.finished_at = None, None
        await job.save(using_db=connection, update_fields=["state", "failure", "finished_at"])
    return True


async def lock_job(connection: BaseDBAsyncClient, job_id: UUID) -> Job | None:
    """The job's row, held until the transaction ends; None if there is none."""
    return await Job.filter(id=job_id).using_db(connection).select_for_update().get_or_none()


async def _tell(connection: BaseDBAsyncClient, job: Job, failure: Failure | None) -> None:
    told = event_id(job.id, job.state, job.endings)
    event = JobEvent(event_id=told, job_id=job.id, user_id=job.user_id, state=job.state, failure=failure)
    await outbox.add(connection, job_event(job.state, job.id), event, id=told)
