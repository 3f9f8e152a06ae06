"""The people in uploads as named queries: searched for once, given to jobs by name."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from tortoise.expressions import Q

from contracts.errors import Failure
from contracts.messages import PersonRef, now
from contracts.persons import SeenPerson
from contracts.states import CastState
from storage.database import guard
from storage.models import Cast, Job, JobFace


async def ask_for(upload_id: UUID) -> Cast:
    """The cast of an upload; where there is none, or its search failed, the search is asked for."""
    cast, made = await Cast.get_or_create(upload_id=upload_id)
    if not made and cast.state is CastState.FAILED:
        again = {"state": CastState.SEARCHING, "failure": None, "lock": None, "locked_until": None}
        await Cast.filter(upload_id=upload_id, state=CastState.FAILED).update(**again)
        return await Cast.get(upload_id=upload_id)
    return cast


async def cast_of(upload_id: UUID) -> Cast | None:
    """The cast of an upload, in whatever state its search is; None where nobody has asked for it."""
    return await Cast.get_or_none(upload_id=upload_id)


def persons_in(cast: Cast | None) -> list[SeenPerson]:
    """The people of a cast whose search is done, who is seen most first."""
    return [SeenPerson.model_validate(person) for person in cast.persons] if cast else []


async def take(upload_id: UUID, seconds: float) -> UUID | None:
    """Take a search for `seconds`: the lock that `settle` wants. None where another has it, or it is done."""
    lock = uuid4()
    taken = await Cast.filter(_free(), upload_id=upload_id).update(
        lock=lock, locked_until=now() + timedelta(seconds=seconds)
    )
    return lock if taken else None


async def let_go(upload_id: UUID, lock: UUID) -> None:
    """Give a search back undone."""
    await Cast.filter(upload_id=upload_id, lock=lock).update(lock=None, locked_until=None)


async def settle(upload_id: UUID, lock: UUID, persons: Sequence[SeenPerson], failure: Failure | None) -> bool:
    """Note what a search came to; False where it was taken by another meanwhile, or the upload is gone."""
    columns: dict[str, Any] = {
        "state": CastState.FAILED if failure else CastState.READY,
        "persons": [person.model_dump(mode="json") for person in persons],
        "failure": failure.model_dump(mode="json") if failure else None,
        "lock": None,
        "locked_until": None,
    }
    return bool(await Cast.filter(upload_id=upload_id, lock=lock).update(**columns))


async def to_search(limit: int) -> list[UUID]:
    """Uploads whose search is asked for and done by nobody, oldest first."""
    return [cast.upload_id for cast in await Cast.filter(_free()).order_by("created_at").limit(limit)]


def _free() -> Q:
    unheld = Q(locked_until__isnull=True) | Q(locked_until__lt=now())
    return unheld & Q(state=CastState.SEARCHING)


async def persons_of_job(job_id: UUID) -> list[PersonRef]:
    """Who in a job's video gets which of its faces; those without one too, so that they are told apart.

    None where everybody gets the first.
    """
    async with guard():
        rows = await JobFace.filter(job_id=job_id).order_by("id")
        named = {row.person: place for place, row in enumerate(rows) if row.person is not None}
        if not named:
            return []
        job = await Job.get(id=job_id)
        seen = {person.name: person.vectors for person in persons_in(await cast_of(job.upload_id))}
    # Whom nobody knows any more is nobody: without any person, everybody would get the first face.
    return [
        PersonRef(person=name, vectors=seen.get(name, []), face=named.get(name))
        for name in dict.fromkeys([*seen, *named])
    ]
