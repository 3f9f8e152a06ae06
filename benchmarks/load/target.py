"""What a service under load has to offer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from benchmarks.load.meter import Meter
from benchmarks.load.story import Order, Story

_POLL = 0.05
SECONDS = 120.0  # that a scenario may take, at most


class ScenarioError(Exception):
    """A scenario did not go as it must: a job did not end well, or something of it is not accounted for."""


class Target(Protocol):
    """A running service. Users are named `<tier>-<something>`; their tier decides their weight or priority."""

    name: str
    meter: Meter

    def slots(self, count: int) -> AbstractAsyncContextManager[None]:
        """Have so many slots meanwhile."""

    async def prepare(self, orders: Sequence[Order]) -> None:
        """Make ready what jobs like these need, such as accounts and uploads."""

    async def submit(self, order: Order) -> str:
        """Start a job; its id is returned."""

    async def queued(self, job: str) -> None:
        """Wait until all segments of a job are in the queue."""

    async def begun(self, job: str) -> None:
        """Wait until the first segment of a job has started."""

    async def story(self, jobs: Sequence[str]) -> Story:
        """Wait until the jobs are over and say what happened. Raises ScenarioError if one did not end well."""


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Ask again and again until it holds. Raises TimeoutError when that takes longer than a scenario may."""
    async with asyncio.timeout(SECONDS):
        while True:
            if await holds():
                return
            await asyncio.sleep(_POLL)


def tier_of(user: str) -> str:
    """The tier that a user's name begins with."""
    return user.partition("-")[0]
