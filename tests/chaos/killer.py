"""Kills parts of a running service as planned, each when it serves and, if it can be had, while it is busy."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from contracts.errors import UnavailableError
from contracts.states import AttemptState, DeliveryState, JobState
from storage.faults import guard
from storage.models import Attempt, Job, OutboxMessage, WebhookDelivery
from tests.chaos.strikes import Strike, kind_of

_OPEN = (AttemptState.RELEASED, AttemptState.RUNNING)
_MOMENT_SECONDS = 1.0  # how long a part's busy moment is waited for
_POLL_SECONDS = 0.02
_ALIVE_SECONDS = 60.0

# What the rows show while a part is busy.
BUSY: dict[str, Callable[[], Awaitable[bool]]] = {
    "agent": lambda: Attempt.filter(state__in=_OPEN).exists(),
    "scheduler": lambda: Attempt.filter(state__in=_OPEN).exists(),
    "merger": lambda: Job.filter(state=JobState.MERGING).exists(),
    "webhooks": lambda: WebhookDelivery.filter(state=DeliveryState.PENDING).exists(),
    "relay": lambda: OutboxMessage.filter(sent_at=None).exists(),
}


class Service(Protocol):
    """What a killer needs of `visage.stack.Stack`."""

    async def restarted(self, name: str, pid: int, seconds: float = ...) -> int:
        """Wait until `name` is ready in another process than `pid`; its id."""


@dataclass(frozen=True)
class Kill:
    """A kill that was made.

    Attributes:
        at: Seconds since the beginning.
        busy: Whether rows showed that the part had something in hand.
    """

    at: float
    part: str
    pid: int
    busy: bool


class Killer:
    """Kills on demand. `kills` grows meanwhile, and `tell` hears of each."""

    def __init__(self, service: Service, tell: Callable[[Kill], None]) -> None:
        self._service, self._tell = service, tell
        self._began = time.monotonic()
        self.kills: list[Kill] = []

    async def strike(self, strike: Strike) -> None:
        """Kill one part, once it serves."""
        await asyncio.sleep(strike.later)
        part = strike.part
        await self._service.restarted(part, 0, _ALIVE_SECONDS)
        busy = await _seen_busy(kind_of(part))
        pid = await self._service.restarted(part, 0, _ALIVE_SECONDS)
        os.kill(pid, signal.SIGKILL)
        self.kills.append(Kill(round(time.monotonic() - self._began, 2), part, pid, busy))
        self._tell(self.kills[-1])

    @property
    def by_kind(self) -> dict[str, int]:
        """How many of each kind were killed."""
        return dict(Counter(kind_of(kill.part) for kill in self.kills).most_common())


async def _seen_busy(kind: str) -> bool:
    """Wait for a moment in which a part of the kind is busy, if there is one soon."""
    if kind not in BUSY:
        return False
    try:
        async with asyncio.timeout(_MOMENT_SECONDS):
            while True:
                try:
                    async with guard():
                        if await BUSY[kind]():
                            return True
                except UnavailableError:
                    pass
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError:
        return False
