"""Jobs as their users see them: made, listed, cancelled, tried again. `storage.lifecycle` moves them on."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid4, uuid5

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from contracts.errors import Reason, RequestError
from contracts.messages import JobCommand, JobSubmitted
from contracts.states import JobState, UploadState
from contracts.subjects import command, job_submitted
from contracts.tiers import TierPolicy
from storage import outbox
from storage.cursor import read_cursor, write_cursor
from storage.database import guard, transaction
from storage.lifecycle import event_id, finish_job, lock_job, mark_job, reopen_job
from storage.models import AuditEntry, Face, Job, JobFace, Upload, User

__all__ = [
    "JobPage",
    "count_unfinished",
    "create_job",
    "event_id",
    "faces_of",
    "finish_job",
    "get_job",
    "list_jobs",
    "mark_job",
    "reopen_job",
    "request_cancel",
    "request_retry",
]

_FINAL = tuple(state for state in JobState if state.final)


class JobPage(NamedTuple):
    """Jobs, newest first; `next` is the cursor of the page after, None on the last."""

    jobs: list[Job]
    next: str | None


async def create_job(
    user: User,
    upload: Upload,
    faces: Sequence[Face],
    tier: TierPolicy,
    engine: str,
    options: dict[str, Any] | None = None,
    *,
    persons: Sequence[str | None] | None = None,
    pool: str = "default",
    address: str | None = None,
) -> Job:
    """Accept a job: its row, its faces, the message to the scheduler and the audit entry, all or nothing.

    Args:
        faces: At least one. `persons` names for each whom it replaces; without it, each replaces everyone.
        address: Where the request came from, for the audit.

    Raises:
        LimitError: JOBS_LIMIT, counted under a lock, so that two requests cannot pass it together.
        RequestError: UPLOAD_NOT_READY; NOT_FOUND for a face that was removed or is another user's.
    """
    async with transaction() as connection:
        await _check_room(connection, user, tier)
        await _check_upload(connection, user, upload)
        await _check_faces(connection, user, faces)
        job = Job(
            id=uuid4(), user_id=user.id, upload_id=upload.id, tier_id=tier.name, engine=engine, pool=pool
        )
        job.options = options or {}
        await job.save(using_db=connection, force_create=True)
        await _add_faces(connection, job, faces, persons or [None] * len(faces))
        await outbox.add(connection, job_submitted(tier.name, job.id), JobSubmitted(job_id=job.id))
        await _note(connection, "job.create", job, address)
    return job


async def _check_room(connection: BaseDBAsyncClient, user: User, tier: TierPolicy) -> None:
    await User.filter(id=user.id).using_db(connection).select_for_update().get()
    tier.check_jobs(await _unfinished(user.id).using_db(connection).count())


async def _check_upload(connection: BaseDBAsyncClient, user: User, upload: Upload) -> None:
    # Held against housekeeping, which removes the bytes of uploads that no job wants.
    mine = Upload.filter(id=upload.id, user_id=user.id, state=UploadState.READY, purpose="target")
    if not await mine.using_db(connection).select_for_update():
        raise RequestError(
            Reason.UPLOAD_NOT_READY,
            "The upload is not complete, or is no longer stored.",
            upload=str(upload.id),
        )


async def _check_faces(connection: BaseDBAsyncClient, user: User, faces: Sequence[Face]) -> None:
    if not faces:
        raise RequestError(Reason.INVALID, "A job needs at least one face.")
    wanted = {face.id for face in faces}
    mine = Face.filter(id__in=wanted, user_id=user.id, removed_at__isnull=True).using_db(connection)
    missing = wanted - set(await mine.select_for_update().values_list("id", flat=True))
    if missing:
        raise RequestError(Reason.NOT_FOUND, "There is no such face.", faces=sorted(map(str, missing)))


async def _add_faces(
    connection: BaseDBAsyncClient, job: Job, faces: Sequence[Face], persons: Sequence[str | None]
) -> None:
    rows = [
        JobFace(job_id=job.id, face_id=face.id, person=person)
        for face, person in zip(faces, persons, strict=True)
    ]
    await JobFace.bulk_create(rows, using_db=connection)


@guard()
async def get_job(user_id: UUID, job_id: UUID) -> Job:
    """A job of the user with its upload. Raises RequestError(NOT_FOUND), for another user's job too."""
    job = await Job.get_or_none(id=job_id, user_id=user_id).select_related("upload")
    if job is None:
        raise _no_such_job(job_id)
    return job


@guard()
async def faces_of(job_id: UUID) -> list[JobFace]:
    """The faces of a job with their rows of the library, in the order in which they were given."""
    return await JobFace.filter(job_id=job_id).select_related("face").order_by("id")


@guard()
async def list_jobs(user_id: UUID, cursor: str | None = None, limit: int = 20) -> JobPage:
    """The user's jobs with their uploads, newest first. Raises RequestError(INVALID) for a wrong cursor."""
    query = Job.filter(user_id=user_id)
    if cursor is not None:
        moment, job_id = read_cursor(cursor)
        query = query.filter(Q(created_at__lt=moment) | Q(created_at=moment, id__lt=job_id))
    jobs = await query.order_by("-created_at", "-id").limit(limit + 1).select_related("upload")
    page, more = jobs[:limit], len(jobs) > limit
    return JobPage(page, write_cursor(page[-1].created_at, page[-1].id) if more else None)


@guard()
async def count_unfinished(user_id: UUID) -> int:
    """How many of the user's jobs have not ended."""
    return await _unfinished(user_id).count()


def _unfinished(user_id: UUID) -> QuerySet[Job]:
    return Job.filter(user_id=user_id).exclude(state__in=_FINAL)


async def request_cancel(user_id: UUID, job_id: UUID, address: str | None = None) -> Job:
    """Ask for a job to be stopped: its row says so at once, the scheduler is told, and ends it as cancelled.

    Asking again changes nothing.

    Raises:
        RequestError: NOT_FOUND; NOT_CANCELLABLE for a job that has ended.
    """
    async with transaction() as connection:
        job = await _lock_own(connection, user_id, job_id)
        if job.state.final:
            raise RequestError(
                Reason.NOT_CANCELLABLE, f"The job has ended already: it is {job.state}.", state=job.state
            )
        if job.state is not JobState.CANCELLING:
            job.state = JobState.CANCELLING
            await job.save(using_db=connection, update_fields=["state"])
            await _command(connection, "cancel", job, address)
    return job


async def request_retry(user_id: UUID, job_id: UUID, address: str | None = None) -> Job:
    """Ask for a failed job to be tried again: the scheduler is told, and reopens it by `reopen_job`.

    Asking again before it did changes nothing.

    Raises:
        RequestError: NOT_FOUND; NOT_RETRYABLE for a job that did not fail or whose video is no longer stored.
    """
    async with transaction() as connection:
        job = await _lock_own(connection, user_id, job_id)
        if job.state is not JobState.FAILED:
            raise RequestError(
                Reason.NOT_RETRYABLE,
                f"Only a failed job can be tried again; it is {job.state}.",
                state=job.state,
            )
        if job.expired_at is not None:
            raise _no_longer_stored(job)
        source = Upload.filter(id=job.upload_id, state=UploadState.READY).using_db(connection)
        if not await source.select_for_update():
            raise _no_longer_stored(job)
        await _command(connection, "retry", job, address)
    return job


async def _lock_own(connection: BaseDBAsyncClient, user_id: UUID, job_id: UUID) -> Job:
    job = await lock_job(connection, job_id)
    if job is None or job.user_id != user_id:
        raise _no_such_job(job_id)
    return job


async def _command(connection: BaseDBAsyncClient, verb: str, job: Job, address: str | None) -> None:
    # One command for one run of the job, however often the button is pressed.
    message_id = uuid5(job.id, f"{verb}:{job.endings}")
    await outbox.add(connection, command(verb, job.id), JobCommand(job_id=job.id), id=message_id)
    await _note(connection, f"job.{verb}", job, address)


async def _note(connection: BaseDBAsyncClient, action: str, job: Job, address: str | None) -> None:
    await AuditEntry.create(
        using_db=connection, user_id=job.user_id, action=action, subject=str(job.id), address=address
    )


def _no_such_job(job_id: UUID) -> RequestError:
    return RequestError(Reason.NOT_FOUND, "There is no such job.", job=str(job_id))


def _no_longer_stored(job: Job) -> RequestError:
    return RequestError(Reason.NOT_RETRYABLE, "The job's video is no longer stored.", state=job.state)
