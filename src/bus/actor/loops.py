"""The other loops of an actor: at intervals, and for as long as it lives."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from bus.backoff import delay_after

log = structlog.get_logger()

STEADY = 60.0  # seconds; a loop that ran for longer starts its back-off anew


class Pulse:
    """Sign of life of a loop: stuck when it has not beaten for `patience` seconds."""

    def __init__(self, name: str, patience: float) -> None:
        self.name = name
        self._patience = patience
        self._last = time.monotonic()

    def beat(self) -> None:
        """The loop turned."""
        self._last = time.monotonic()

    @property
    def age(self) -> float:
        """Seconds since the last beat."""
        return time.monotonic() - self._last

    @property
    def is_stuck(self) -> bool:
        """Whether it has been silent for too long."""
        return self.age > self._patience


async def repeat(name: str, seconds: float, fn: Callable[[], Awaitable[None]], pulse: Pulse) -> None:
    """Call `fn` every `seconds`, counted from start to start, never twice at a time; errors are logged."""
    while True:
        started = time.monotonic()
        pulse.beat()
        try:
            await fn()
        except Exception:
            log.exception("periodic work failed", work=name)
        await asyncio.sleep(max(0.0, seconds - (time.monotonic() - started)))


async def keep_running(name: str, fn: Callable[[], Awaitable[None]]) -> None:
    """Run `fn`, again after a growing pause if it raises; ends when it returns."""
    failures = 0
    while True:
        started = time.monotonic()
        try:
            await fn()
            return
        except Exception:
            failures = 1 if time.monotonic() - started > STEADY else failures + 1
            pause = delay_after(failures, 0.2, 10.0)
            log.exception("background work failed", work=name, again_in=round(pause, 2))
        await asyncio.sleep(pause)
