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
        self._free: asyncio.Queue[Child] = asyncio.Queue()
        self._starts: set[asyncio.Task[None]] = set()
        for child in self.children:
            self._free.put_nowait(child)

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[Child]:
        """A worker for one segment. One that died meanwhile is started again at once, ahead of the next."""
        child = await self._free.get()
        try:
            yield child
        finally:
            self._free.put_nowait(child)
            self.warm()

    def warm(self) -> None:
        """Start the workers that do not run, without waiting for them."""
        for child in self.children:
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
