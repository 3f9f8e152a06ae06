"""No user ever had more segments in flight than the cap allows."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from storage.models import Attempt
from tests.chaos.books import Books


def check(books: Books) -> Iterator[str]:
    """Follow every user through the run."""
    users = {job.id: job.user_id for job in books.jobs}
    attempts: dict[UUID, list[Attempt]] = {}
    for attempt in books.attempts:
        attempts.setdefault(users[attempt.job_id], []).append(attempt)
    for user, own in attempts.items():
        most, moment = most_in_flight(own)
        if most > books.caps[user]:
            yield f"user {user} had {most} segments in flight at {moment}; the cap is {books.caps[user]}"


def most_in_flight(attempts: Sequence[Attempt]) -> tuple[int, datetime | None]:
    """The most segments in flight at one time, and when: from an attempt's release to its end in the rows.

    A second attempt at a segment that is in flight counts no further.
    """
    flying: Counter[int] = Counter()
    most, when = 0, None
    for moment, _, segment, step in sorted(_steps(attempts)):
        flying[segment] += step
        count = sum(1 for attempts_in_flight in flying.values() if attempts_in_flight > 0)
        if count > most:
            most, when = count, moment
    return most, when


def _steps(attempts: Sequence[Attempt]) -> Iterator[tuple[datetime, int, int, int]]:
    """Beginnings and ends; of one moment, ends come first."""
    for attempt in attempts:
        yield attempt.released_at, 1, attempt.segment_id, 1
        if attempt.ended_at is not None:
            yield attempt.ended_at, 0, attempt.segment_id, -1
