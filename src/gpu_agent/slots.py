"""The slots of an agent: as many worker processes, lent to one segment at a time."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from contracts.errors import WorkError
from contracts.settings import AgentSettings
from gpu_agent.child import Child

_log = structlog.get_logger()


class Slots:
    """Worker processes for `settings.slots` segments at the same time."""

    def __init__(self, settings: AgentSettings) -> None:
        """Slots whose workers are not started yet."""
        threads = settings.threads or max(1, (os.cpu_count() or 1) // settings.slots)
        self.children = [Child(settings, settings.device, threads) for _ in range(settings.slots)]
        self._free = list(self.children)
        self._room = asyncio.Semaphore(settings.slots)
        self._starts: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[Child]:
        """A worker for one segment, one that runs if there is one.

        If it dies meanwhile, it is started again at once, ahead of the next segment.
        """
        async with self._room:
            child = next((child for child in self._free if child.pid is not None), self._free[0])
            self._free.remove(child)
            try:
                yield child
            finally:
                self._free.append(child)
                self._warm(child)

    def warm(self) -> None:
        """Start all workers, without waiting for them."""
        for child in self.children:
            self._warm(child)

    def _warm(self, child: Child) -> None:
        if child.pid is None:
            task = asyncio.create_task(_started(child))
            self._starts.add(task)
            task.add_done_callback(self._starts.discard)

    async def close(self) -> None:
        """End all workers."""
        for task in list(self._starts):
            task.cancel()
        await asyncio.gather(*self._starts, return_exceptions=True)
        await asyncio.gather(*(child.stop() for child in self.children))


async def _started(child: Child) -> None:
    try:
        await child.start()
    except (WorkError, OSError) as error:  # the next segment tries again and says so
        _log.warning("agent.worker_not_started", said=str(error))
