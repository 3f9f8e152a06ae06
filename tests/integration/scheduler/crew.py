"""Schedulers and agents in processes of their own, which a test may kill, stop and continue."""

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Self

from bus.connection import Bus
from contracts.messages import AgentCard
from contracts.settings import Settings
from contracts.subjects import AGENTS_BUCKET
from tests.processes import workers_of
from tests.waiting import PATIENCE, until
from visage.actors import ACTORS
from visage.environment import environment_for


class Member:
    """One actor in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_alive(self) -> bool:
        return self.process.returncode is None

    def workers(self) -> list[int]:
        """Process ids of an agent's workers."""
        return workers_of(self.pid)

    def freeze(self) -> None:
        """Stop it as a machine does that swaps for ever: it neither works nor hangs up."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), PATIENCE)


class Crew:
    """Starts actors with settings of their own; all are killed at the end."""

    def __init__(self, settings: Settings, folder: Path, bus: Bus) -> None:
        self.settings, self._folder, self._bus = settings, folder, bus
        self._stack = AsyncExitStack()
        self.members: dict[str, Member] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    async def agents(self, *names: str, **changes: object) -> None:
        """Have timed agents of these names and no others, and wait until they are there."""
        for name, member in self.members.items():
            if name not in names:
                await member.kill()
        for name in names:
            if name not in self.members or not self.members[name].is_alive:
                ours = self.settings.agent.model_copy(update={"id": name, "timed": True, **changes})
                await self._start("agent", name, self.settings.model_copy(update={"agent": ours}))
        pids = {name: self.members[name].pid for name in names}

        async def are_there() -> bool:
            return {name: card.pid for name, card in (await self._cards()).items() if name in pids} == pids

        await until(are_there)

    async def scheduler(self, name: str) -> None:
        """Start a scheduler; whether it leads is another matter."""
        await self._start("scheduler", name, self.settings)

    async def has_logged(self, name: str, what: str) -> bool:
        """Whether an actor has said so."""
        return what in (self._folder / f"{name}.log").read_text()

    async def _cards(self) -> dict[str, AgentCard]:
        return await self._bus.bucket(AGENTS_BUCKET).entries(AgentCard)

    async def _start(self, kind: str, name: str, settings: Settings) -> None:
        told = settings.model_copy(update={"data": self._folder / name})
        environment = environment_for(told, ACTORS[kind].needs)
        environment["PYTHONPATH"] = os.pathsep.join(entry for entry in sys.path if entry)
        log = (self._folder / f"{name}.log").open("ab")
        with log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "visage", "actor", kind), env=environment, stdout=log, stderr=log
            )
        self.members[name] = Member(process)
        self._stack.push_async_callback(self.members[name].kill)
