"""Keeps programs running: starts them, sees that they are ready, starts them again when they die."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import structlog

from contracts.errors import Reason, VisageError
from visage.embedded.process import Program, spawn, stop

log = structlog.get_logger("visage")

_FIRST_DELAY = 0.1  # seconds before the first restart; doubles while a program keeps dying young
_LONGEST_DELAY = 5.0
_YOUNG = 5.0  # seconds of life after which a death counts as the first again
_TRIES = 4  # deaths before a program was ready once, after which starting it is given up
_FIRST_POLL = 0.02  # seconds
_LONGEST_POLL = 0.2
_LOG_TAIL = 1_500  # characters


class Unit(Protocol):
    """Something that can be kept running."""

    @property
    def name(self) -> str:
        """Its name, unique in a keeper."""

    @property
    def grace(self) -> float:
        """Seconds between the stop signal and SIGKILL."""

    def prepare(self) -> None:
        """Make files ready before each start. May block; runs in a thread."""

    def program(self) -> Program:
        """How to start it now."""

    async def check(self) -> None:
        """Raise any exception while it does not serve."""


class StartError(VisageError):
    """A program could not be started. The message tells which, and the end of its log."""

    def __init__(self, message: str) -> None:
        super().__init__(Reason.UNAVAILABLE, message)


@dataclass
class _Kept:
    """One unit and what became of it."""

    unit: Unit
    process: asyncio.subprocess.Process | None = None
    program: Program | None = None
    task: asyncio.Task[None] | None = None
    error: str = ""
    deaths: int = 0
    is_ready: bool = False
    was_ready: bool = False
    stopping: bool = False
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)


class Keeper:
    """Keeps any number of units running until `close`.

    Attributes:
        on_change: Called when something got ready or died.
    """

    def __init__(self) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self._kept: dict[str, _Kept] = {}

    async def add(self, unit: Unit, *, wait: bool = True, seconds: float = 60.0) -> None:
        """Start `unit` and keep it running; return when it is ready (or at once without `wait`).

        Raises:
            StartError: It died again and again, or was not ready within `seconds`.
        """
        kept = self._kept[unit.name] = _Kept(unit)
        kept.task = asyncio.create_task(self._keep(kept), name=f"keep-{unit.name}")
        if wait:
            try:
                await self._until_ready(kept, seconds)
            except BaseException:
                await self.remove([unit.name])
                raise

    @property
    def processes(self) -> dict[str, int]:
        """Process id of everything that runs now, by name."""
        running = {name: kept.process for name, kept in self._kept.items()}
        return {name: p.pid for name, p in running.items() if p is not None and p.returncode is None}

    async def restarted(self, name: str, pid: int, seconds: float = 60.0) -> int:
        """Wait until `name` is ready with another process than `pid`; return the new process's id.

        Raises:
            TimeoutError: That did not happen within `seconds`.
        """
        kept = self._kept[name]
        async with asyncio.timeout(seconds), kept.changed:
            await kept.changed.wait_for(
                lambda: kept.is_ready and kept.process is not None and kept.process.pid != pid
            )
        assert kept.process is not None
        return kept.process.pid

    async def remove(self, names: list[str]) -> None:
        """Stop these side by side, and do not start them again."""
        gone = [self._kept.pop(name) for name in names if name in self._kept]
        await asyncio.gather(*(_end(kept) for kept in gone))

    async def close(self) -> None:
        """Stop everything that still runs."""
        await self.remove(list(self._kept))

    async def _until_ready(self, kept: _Kept, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds), kept.changed:
                await kept.changed.wait_for(lambda: kept.is_ready or kept.deaths >= _TRIES)
        except TimeoutError:
            raise StartError(_story(kept, f"was not ready after {seconds:.0f} s")) from None
        if kept.deaths >= _TRIES:
            raise StartError(_story(kept, "cannot be started"))

    async def _keep(self, kept: _Kept) -> None:
        loop = asyncio.get_running_loop()
        while True:
            born = loop.time()
            kept.was_ready = False
            code = await self._run_once(kept)
            if kept.stopping:
                return
            kept.deaths = 1 if kept.was_ready and loop.time() - born > _YOUNG else kept.deaths + 1
            delay = min(_FIRST_DELAY * 2 ** (kept.deaths - 1), _LONGEST_DELAY)
            log.warning("died", program=kept.unit.name, code=code, again_in=delay)
            await self._announce(kept)
            await asyncio.sleep(delay)

    async def _run_once(self, kept: _Kept) -> int | None:
        """Start the unit, see that it gets ready, wait for its end. Its exit code; None without a start."""
        try:
            await asyncio.to_thread(kept.unit.prepare)
            kept.program = kept.unit.program()
            kept.process = await spawn(kept.program)
        except Exception as error:
            kept.error = str(error)
            log.exception("start failed", program=kept.unit.name)
            return None
        readiness = asyncio.create_task(self._become_ready(kept), name=f"ready-{kept.unit.name}")
        try:
            return await kept.process.wait()
        finally:
            readiness.cancel()
            kept.is_ready = False

    async def _become_ready(self, kept: _Kept) -> None:
        for delay in _polls():
            try:
                await kept.unit.check()
                break
            except Exception:
                await asyncio.sleep(delay)
        kept.is_ready = kept.was_ready = True
        log.debug("ready", program=kept.unit.name, deaths=kept.deaths)
        await self._announce(kept)

    async def _announce(self, kept: _Kept) -> None:
        try:
            self.on_change()
        except Exception:  # such as a full disk: no reason to stop watching
            log.exception("change was not told", program=kept.unit.name)
        async with kept.changed:
            kept.changed.notify_all()


def _polls() -> Iterator[float]:
    """Waits between two questions whether a unit is ready, in seconds: short at first."""
    delay = _FIRST_POLL
    while True:
        yield delay
        delay = min(delay * 1.2, _LONGEST_POLL)


async def _end(kept: _Kept) -> None:
    kept.stopping = True
    if kept.process is not None and kept.program is not None:
        await stop(kept.process, kept.program.stop_signal, kept.unit.grace)
    if kept.task is not None:
        kept.task.cancel()
        await asyncio.gather(kept.task, return_exceptions=True)


def _story(kept: _Kept, what: str) -> str:
    """One sentence, and the end of the program's log or why there was no program."""
    if kept.program is None:
        return f"{kept.unit.name} {what}: {kept.error}"
    path: Path | None = kept.program.log
    tail = path.read_text(errors="replace")[-_LOG_TAIL:] if path and path.exists() else ""
    return f"{kept.unit.name} {what}. The end of {path}:\n{tail}"
