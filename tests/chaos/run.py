"""One run: the service, its customers, the load, the kills, and what they came to."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from contracts.errors import UnavailableError
from contracts.states import DeliveryState
from storage import database
from storage.faults import guard
from storage.models import Attempt, OutboxMessage, WebhookDelivery
from storage.objects import ObjectStore
from storage.s3 import open_store
from tests.chaos import checks, material, results
from tests.chaos.books import Books, read_books
from tests.chaos.customers import Customer, customers
from tests.chaos.errands import Errands
from tests.chaos.killer import Kill, Killer
from tests.chaos.load import Load
from tests.chaos.receiver import Receiver, receiving
from tests.chaos.report import Report, report_of
from tests.chaos.scale import Scale, settings_of
from tests.chaos.strikes import Strike, plan
from visage.stack import Stack, running

_LOAD_SECONDS = 1500.0
_LAST_KILLS_SECONDS = 120.0
_POLL_SECONDS = 0.1


async def chaos(scale: Scale, folder: Path, tell: Callable[[Kill], None] = lambda kill: None) -> Report:
    """Run it once, with everything below `folder`; `tell` hears of every kill."""
    dice = random.Random(scale.seed)
    films = await asyncio.to_thread(material.make, folder / "material")
    async with AsyncExitStack() as opened:
        stack = await opened.enter_async_context(running(settings_of(scale, folder / "service")))
        await database.connect(stack.settings.database)
        opened.push_async_callback(database.close)
        store = await opened.enter_async_context(open_store(stack.settings.s3))
        receiver = await opened.enter_async_context(receiving(random.Random(scale.seed)))
        everyone = await opened.enter_async_context(customers(stack, films.face, receiver))
        load = Load(Errands(films, store, dice), everyone, scale.jobs, dice)
        killer = Killer(stack, tell)
        run = _Run(scale, stack, store, receiver, everyone, load, killer)
        return await run.to_its_end(dice, folder / "results")


class _Run:
    """A run whose service is up."""

    def __init__(
        self,
        scale: Scale,
        stack: Stack,
        store: ObjectStore,
        receiver: Receiver,
        everyone: Sequence[Customer],
        load: Load,
        killer: Killer,
    ) -> None:
        self._scale, self._stack, self._store = scale, stack, store
        self._receiver, self._everyone, self._load, self._killer = receiver, everyone, load, killer

    async def to_its_end(self, dice: random.Random, folder: Path) -> Report:
        """Kill amid the load, wait until nothing moves, and look at everything."""
        complaints, began = [], time.monotonic()
        killing = asyncio.create_task(self._kill(plan(list(self._stack.processes), self._scale.kills, dice)))
        try:
            async with asyncio.timeout(_LOAD_SECONDS):
                await self._load.run()
        except TimeoutError:
            complaints.append(f"the load had not ended after {_LOAD_SECONDS:.0f} s")
        complaints += await _ended(killing)
        loaded = time.monotonic()
        complaints += await self._settle()
        settled = time.monotonic()
        books = await self._read()
        report = report_of(self._scale, self._killer, books, (loaded - began, settled - loaded))
        if report.total_kills < self._scale.kills:
            complaints.append(f"only {report.total_kills} of {self._scale.kills} kills were made")
        found = await results.fetch(self._load.errands, self._store, folder)
        report.complaints = [
            *complaints,
            *checks.complaints(books),
            *await asyncio.to_thread(lambda: list(results.complaints(found))),
        ]
        return report

    async def _kill(self, strikes: Sequence[Strike]) -> None:
        try:
            for number, strike in enumerate(strikes, start=1):
                await self._load.reach(strike.share)
                await self._killer.strike(strike)
                self._load.killed = number / len(strikes)
        finally:
            self._load.killed = 1.0

    async def _settle(self) -> list[str]:
        """Wait until everything runs and nothing moves; who does not get there is complained of."""
        try:
            async with asyncio.timeout(self._scale.settle_seconds):
                for part in list(self._stack.processes):
                    await self._stack.restarted(part, 0)
                while not await _is_at_rest():
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            return [f"something still moved {self._scale.settle_seconds:.0f} s after the last job"]
        return []

    async def _read(self) -> Books:
        books = await read_books(self._stack.settings, self._store)
        books.errands = self._load.errands
        books.caps = {customer.user_id: customer.cap for customer in self._everyone}
        books.heard = {one.user_id: self._receiver.heard[one.name] for one in self._everyone}
        books.forged = self._receiver.forged
        return books


async def _ended(killing: asyncio.Task[None]) -> list[str]:
    """Wait for the last kills; what went wrong with them."""
    try:
        await asyncio.wait_for(killing, _LAST_KILLS_SECONDS)
    except (OSError, TimeoutError) as error:
        return [f"the killer gave up: {error!r}"]
    return []


async def _is_at_rest() -> bool:
    """Whether the rows leave nothing to be done."""
    try:
        async with guard():
            return not (
                await OutboxMessage.filter(sent_at=None).exists()
                or await WebhookDelivery.filter(state=DeliveryState.PENDING).exists()
                or await Attempt.filter(ended_at=None).exists()
            )
    except UnavailableError:
        return False
