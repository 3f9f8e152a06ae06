"""Which jobs were cancelled, and what stops because of it."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

_REMEMBERED = 10_000


class Cancellations:
    """Hears of cancelled jobs; stops their running work and refuses what was released before.

    A job that is retried later is worked on again: its new segments are published after the cancellation.
    """

    def __init__(self) -> None:
        self._running: dict[UUID, set[asyncio.Task[object]]] = {}
        self._heard: OrderedDict[UUID, int] = OrderedDict()

    def cancel(self, job_id: UUID) -> None:
        """Stop what runs for the job."""
        self._heard[job_id] = time.time_ns()
        self._heard.move_to_end(job_id)
        while len(self._heard) > _REMEMBERED:
            self._heard.popitem(last=False)
        for task in self._running.get(job_id, ()):
            task.cancel()

    def covers(self, job_id: UUID, published_ns: int) -> bool:
        """Whether work published at that time (ns since 1970) was cancelled."""
        return self._heard.get(job_id, 0) > published_ns

    @contextmanager
    def watching(self, job_id: UUID, task: asyncio.Task[object]) -> Iterator[None]:
        """Cancel `task` if the job is cancelled meanwhile."""
        self._running.setdefault(job_id, set()).add(task)
        try:
            yield
        finally:
            tasks = self._running[job_id]
            tasks.discard(task)
            if not tasks:
                del self._running[job_id]
