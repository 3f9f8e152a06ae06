"""The scheduler's process: one leads, the others stand by.

stand by ── lease held ──► rebuild from rows ──► lead ──┐
   ▲                                                     │ lease lost, database away,
   └─────────────────────────────────────────────────────┘ deposed, or any fault
"""

import asyncio
import contextlib
from collections.abc import Callable

import structlog

from bus.actor import Actor, Delivery, Later
from bus.cancellation import EndableGroup
from bus.connection import Bus
from bus.lease import Lease
from contracts.errors import VisageError
from contracts.messages import JobCommand, JobSubmitted, SegmentReports
from contracts.settings import Settings
from scheduler.estimate import Estimates
from scheduler.term import Term
from storage import database
from storage.fence import Deposed, take_fence
from storage.objects import ObjectStore
from storage.s3 import open_store

log = structlog.get_logger()

LEASE = "scheduler"
_REPORTS_AT_ONCE = 512
_COMMANDS_AT_ONCE = 16
_PLANS_AT_ONCE = 8
_RECOVER_SECONDS = 0.3


class Scheduler:
    """Leads whenever it holds the lease; hears the mailboxes only then."""

    def __init__(self, settings: Settings, bus: Bus, store: ObjectStore) -> None:
        self._settings, self._bus, self._store = settings, bus, store
        self._estimates = Estimates(settings.scheduler.estimate_factor)
        self._term: Term | None = None

    def declare(self, actor: Actor) -> None:
        """Give the actor its consumers and its work."""
        plans, commands, reports = map(
            self._while_leading, (_PLANS_AT_ONCE, _COMMANDS_AT_ONCE, _REPORTS_AT_ONCE)
        )
        actor.consume("scheduler-jobs", JobSubmitted, self._submitted, concurrency=plans)
        actor.consume("scheduler-commands", JobCommand, self._commanded, concurrency=commands)
        actor.consume("scheduler-segments", SegmentReports, self._reported, concurrency=reports)
        actor.background(self.lead_or_stand_by)
        actor.on_ready(database.ping)

    @property
    def term(self) -> Term:
        """The running term. Raises Later while there is none: the message is for whoever leads."""
        if self._term is None:
            raise Later(0.2)
        return self._term

    async def lead_or_stand_by(self) -> None:
        """Wait for the lease and lead, for ever."""
        lease = Lease(self._bus, LEASE, self._settings.scheduler.leader_seconds)
        while True:
            try:
                await lease.lead(self._lead)
            except* (VisageError, Deposed) as group:
                log.warning(
                    "scheduler steps back", reasons=[str(error) or repr(error) for error in group.exceptions]
                )
            await asyncio.sleep(_RECOVER_SECONDS)

    async def _lead(self, fence: int) -> None:
        token = await take_fence(fence)
        async with EndableGroup() as group:
            term = Term(self._settings, self._bus, self._store, self._estimates, token, group)
            group.create_task(self._serve(term))

    async def _serve(self, term: Term) -> None:
        """Let the mailboxes reach the term until it is ended: one that is ending takes no more work."""
        await term.begin()
        self._term = term
        try:
            await asyncio.Event().wait()
        finally:
            self._term = None

    def _while_leading(self, most: int) -> Callable[[], int]:
        return lambda: most if self._term is not None else 0

    async def _submitted(self, message: JobSubmitted, delivery: Delivery) -> None:
        await self.term.planner.plan(message.job_id)

    async def _commanded(self, message: JobCommand, delivery: Delivery) -> None:
        verb = delivery.subject.split(".")[1]
        commands = self.term.commands
        await (commands.cancel if verb == "cancel" else commands.retry)(message.job_id)

    async def _reported(self, message: SegmentReports, delivery: Delivery) -> None:
        await self.term.outcomes.settle(message.reports)


async def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT.

    Raises:
        UnavailableError: The database, the object store or the broker is not there at the start.
    """
    async with contextlib.AsyncExitStack() as opened:
        await database.connect(settings.database)
        opened.push_async_callback(database.close)
        store = await opened.enter_async_context(open_store(settings.s3))
        bus = await Bus.connect(settings.nats, "scheduler")
        opened.push_async_callback(bus.close)
        actor = Actor("scheduler", bus, settings)
        Scheduler(settings, bus, store).declare(actor)
        await actor.run()
