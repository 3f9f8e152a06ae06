"""One term of leadership, from its rebuilding out of rows to its end."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bus.connection import Bus
from contracts.settings import Settings
from contracts.states import JobState
from contracts.subjects import MERGES, merge_task
from scheduler import patrol
from scheduler.admission import admit
from scheduler.agents import Agents
from scheduler.board import Board
from scheduler.commands import Commands
from scheduler.dispatcher import Dispatcher
from scheduler.estimate import Estimates
from scheduler.lead import Lead
from scheduler.lookout import Lookout
from scheduler.outcomes import Outcomes
from scheduler.planner import Planner
from scheduler.progress import Progress
from scheduler.quotes import Quotes
from scheduler.recall import recall
from scheduler.tariffs import Tariffs
from scheduler.window import Window
from storage.dispatch import left_to_merge, repair, unfinished_jobs
from storage.fence import fenced
from storage.objects import ObjectStore
from storage.outcomes import merge_again

log = structlog.get_logger()

_MERGE_CHECK_SECONDS = 30.0


class Term:
    """The parts of a leading scheduler, wired. `run` rebuilds them from rows and lets them work."""

    def __init__(
        self,
        settings: Settings,
        bus: Bus,
        store: ObjectStore,
        estimates: Estimates,
        fence: int,
        group: asyncio.TaskGroup,
    ) -> None:
        wake = asyncio.Event()
        board = Board(estimates)
        tariffs = Tariffs(settings.database, board, wake)
        self.lead = Lead(settings, bus, store, board, Agents(wake.set), tariffs, fence, wake, group)
        self.dispatcher = Dispatcher(self.lead)
        self.outcomes = Outcomes(self.lead)
        self.planner = Planner(self.lead, self.dispatcher)
        self.commands = Commands(self.lead, self.dispatcher, self.planner)
        self.lookout = Lookout(self.lead)
        self.progress = Progress(self.lead, self.lookout)
        self._patrol = patrol.Patrol(self.lead, self.outcomes)

    async def begin(self) -> None:
        """Take over: refuse the predecessor's writes, rebuild from rows, start working."""
        async with fenced(self.lead.fence):
            await repair()
        await self.lead.tariffs.read()
        await recall(self.lead.board)
        start = self.lead.group.create_task
        start(self.lead.agents.watch(self.lead.bus))
        start(self.outcomes.run())
        for job in await unfinished_jobs():
            if job.state is JobState.QUEUED:
                self.planner.start(job.id)
            elif job.state is not JobState.MERGING:
                await admit(self.lead, self.dispatcher, job)
            if job.state is JobState.CANCELLING:
                await self.commands.cancel(job.id)
        start(self.dispatcher.run())
        start(self.progress.listen())
        start(self.lookout.run())
        start(Quotes(self.lead, self.lookout).answer())
        start(_every(self.lead.settings.scheduler.progress_seconds, self.progress.announce))
        start(_every(patrol.TICK_SECONDS, self._patrol.look))
        start(self.lead.tariffs.follow())
        start(Window(self.lead).answer())
        start(_every(_MERGE_CHECK_SECONDS, self._remind_merger))
        log.info("scheduler leads", fence=self.lead.fence, jobs=len(self.lead.board.jobs))

    async def _remind_merger(self) -> None:
        """Merge tasks stay in their stream until the merger is done: one that is not there was lost."""
        left = await left_to_merge()
        if not left:
            return
        info = await self.lead.bus.request_stream_info(MERGES, "merges.>")
        for job_id in left:
            if merge_task(job_id) not in (info.state.subjects or {}):
                log.warning("merge task was lost", job=str(job_id))
                await merge_again(job_id, self.lead.fence)


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await work()
        await asyncio.sleep(seconds)
