"""Jobs by id, and by user too."""

from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar
from uuid import UUID


class Owned(Protocol):
    """What belongs to a user for good."""

    user: UUID


J = TypeVar("J", bound=Owned)


class Ledger(dict[UUID, J]):
    """A dict of jobs that finds a user's without looking at the others. Written by item only."""

    def __init__(self) -> None:
        super().__init__()
        self._by_user: dict[UUID, dict[UUID, J]] = {}

    def __setitem__(self, job_id: UUID, job: J) -> None:
        if job_id in self:
            del self[job_id]
        super().__setitem__(job_id, job)
        self._by_user.setdefault(job.user, {})[job_id] = job

    def __delitem__(self, job_id: UUID) -> None:
        user = self[job_id].user
        super().__delitem__(job_id)
        del self._by_user[user][job_id]
        if not self._by_user[user]:
            del self._by_user[user]

    def users(self) -> Collection[UUID]:
        """Everyone who has a job."""
        return self._by_user.keys()

    def of(self, user: UUID) -> Iterable[J]:
        """A user's jobs."""
        return self._by_user.get(user, {}).values()
