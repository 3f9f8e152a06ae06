"""The merger's process: takes jobs whose segments are all done."""

import contextlib
from uuid import UUID

from bus.actor import Actor, Delivery, Later
from bus.connection import Bus
from contracts.messages import MergeTask
from contracts.settings import Settings
from merger.merge import Merging
from merger.reporting import Reporter
from merger.workshop import Workshop
from sandbox.scratch import scratch_folder
from storage import database
from storage.s3 import open_store

_AT_ONCE = 2
_BUSY_SECONDS = 5.0


class Merger:
    """Merges a few jobs at the same time, each only once at a time."""

    def __init__(self, merging: Merging, reporter: Reporter) -> None:
        self._merging, self._reporter = merging, reporter
        self._running: set[UUID] = set()

    async def handle(self, message: MergeTask, delivery: Delivery) -> None:
        """Merge a job. A second task for one that is being merged here waits."""
        if message.job_id in self._running:
            raise Later(_BUSY_SECONDS)
        self._running.add(message.job_id)
        try:
            await self._merging.merge(message.job_id, delivery.deliveries)
            self._reporter.offer(message.job_id)
        finally:
            self._running.discard(message.job_id)


async def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT.

    Raises:
        UnavailableError: The database, the object store or the broker is not there at the start.
    """
    async with contextlib.AsyncExitStack() as opened:
        scratch = opened.enter_context(scratch_folder(settings.data / "merger"))
        await database.connect(settings.database)
        opened.push_async_callback(database.close)
        store = await opened.enter_async_context(open_store(settings.s3))
        bus = await Bus.connect(settings.nats, "merger")
        opened.push_async_callback(bus.close)
        reporter = Reporter(store, settings.quality, settings.sandbox)
        merger = Merger(Merging(store, Workshop(store, settings.sandbox), scratch), reporter)
        actor = Actor("merger", bus, settings)
        actor.consume("merger", MergeTask, merger.handle, concurrency=_AT_ONCE)
        actor.background(reporter.run)
        actor.on_ready(database.ping)
        await actor.run()
