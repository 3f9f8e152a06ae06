"""Live progress: one subscription a gateway, any number of listeners."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator
from uuid import UUID

from bus.cancellation import EndableGroup
from bus.connection import Bus
from contracts import subjects
from contracts.messages import JobEvent, JobProgress
from gateway.views.jobs import progress_of
from storage.models import Job
from storage.pauses import is_paused

# A message may be lost: the row is asked again when nothing was heard for this long.
RECHECK_SECONDS = 5.0


class _Listener:
    """What one listener has not seen yet: the newest progress, and whether to read the row again."""

    def __init__(self) -> None:
        self.newest: JobProgress | None = None
        self.stale = True
        self.woken = asyncio.Event()
        self.woken.set()

    def offer(self, progress: JobProgress | None) -> None:
        """Take `progress` in place of what is unread; None says that the row has changed."""
        if progress is None:
            self.stale = True
        else:
            self.newest = progress
        self.woken.set()

    def take(self) -> tuple[JobProgress | None, bool]:
        """What was offered since the last time."""
        taken = self.newest, self.stale or self.newest is None
        self.newest, self.stale = None, False
        self.woken.clear()
        return taken


class ProgressHub:
    """Hears `progress.job.*` and `events.job.>` and gives each job's listeners the newest."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._listeners: dict[UUID, set[_Listener]] = defaultdict(set)

    async def run(self) -> None:
        """Hear until cancelled."""
        async with EndableGroup() as group:
            group.create_task(self._hear_progress())
            group.create_task(self._hear_events())

    async def _hear_progress(self) -> None:
        async with self._bus.listen(subjects.job_progress("*"), JobProgress) as stream:
            async for _, progress in stream:
                self._tell(progress.job_id, progress)

    async def _hear_events(self) -> None:
        async with self._bus.listen(subjects.job_event("*", "*"), JobEvent) as stream:
            async for _, event in stream:
                self._tell(event.job_id, None)

    def _tell(self, job_id: UUID, progress: JobProgress | None) -> None:
        for listener in self._listeners.get(job_id, ()):
            listener.offer(progress)

    async def follow(self, job_id: UUID) -> AsyncIterator[JobProgress]:
        """Progress of a job as it changes, beginning with how it stands, ending with its final state.

        A slow listener misses what was overtaken, never the newest.
        """
        listener = _Listener()
        self._listeners[job_id].add(listener)
        try:
            async for progress in _changes(job_id, listener):
                yield progress
        finally:
            self._listeners[job_id].discard(listener)
            if not self._listeners[job_id]:
                del self._listeners[job_id]


async def _changes(job_id: UUID, listener: _Listener) -> AsyncIterator[JobProgress]:
    last: JobProgress | None = None
    while last is None or not last.state.final:
        current = await _next(job_id, listener, last)
        if current != last:
            last = current
            yield current


async def _next(job_id: UUID, listener: _Listener, last: JobProgress | None) -> JobProgress:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(RECHECK_SECONDS):
            await listener.woken.wait()
    announced, stale = listener.take()
    if announced is not None and not stale and not announced.state.final:
        return announced
    job = await Job.get(id=job_id)
    row = progress_of(job, await is_paused(job.user_id))
    if last is None or row.state.final:
        return row
    # The row counts whole segments only: between announcements nothing but its state and a pause is news.
    return (announced or last).model_copy(update={"state": row.state, "paused": row.paused})
