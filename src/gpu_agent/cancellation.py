"""What is not to be done any more: jobs that were cancelled, attempts that were given up."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from contracts.messages import CancelWork, SegmentTask

_REMEMBERED = 10_000


class Cancellations:
    """Hears what is cancelled; stops the running work and refuses what was released before.

    A job that is retried later is worked on again: its new segments are published after the cancellation.
    An attempt that was given up never comes back.
    """

    def __init__(self) -> None:
        self._running: dict[UUID, set[asyncio.Task[object]]] = {}
        self._heard: OrderedDict[UUID, int] = OrderedDict()

    def hear(self, message: CancelWork) -> None:
        """Stop what runs for the job, or for the one attempt."""
        what = message.attempt_id or message.job_id
        if what is None:
            return
        self._heard[what] = time.time_ns()
        self._heard.move_to_end(what)
        while len(self._heard) > _REMEMBERED:
            self._heard.popitem(last=False)
        for task in self._running.get(what, ()):
            task.cancel()

    def covers(self, task: SegmentTask, published_ns: int) -> bool:
        """Whether a task published at that time (ns since 1970) was cancelled."""
        return task.attempt_id in self._heard or self._heard.get(task.job_id, 0) > published_ns

    @contextmanager
    def watching(self, task: SegmentTask, work: asyncio.Task[object]) -> Iterator[None]:
        """Cancel `work` if its job or its attempt is cancelled meanwhile."""
        for what in (task.job_id, task.attempt_id):
            self._running.setdefault(what, set()).add(work)
        try:
            yield
        finally:
            for what in (task.job_id, task.attempt_id):
                self._forget(what, work)

    def _forget(self, what: UUID, work: asyncio.Task[object]) -> None:
        works = self._running[what]
        works.discard(work)
        if not works:
            del self._running[what]
