"""The actors: where each one's code is, what it may reach, and how the supervisor runs it."""

import asyncio
import importlib
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from contracts.settings import Settings
from visage.embedded.process import Program
from visage.environment import Needs, environment_for
from visage.paths import ROOT

Run = Callable[[Settings], Coroutine[Any, Any, None]]

_HEADER_SECONDS = 3.0


@dataclass(frozen=True)
class ActorKind:
    """One kind of actor: the module whose `run` it is, and what it needs."""

    module: str
    needs: Needs


ACTORS = {
    "gateway": ActorKind("gateway.actor", Needs("gateway", database=True, s3=True)),
    "webhooks": ActorKind("gateway.webhooks.actor", Needs("webhooks", database=True)),
    "relay": ActorKind("relay.actor", Needs("relay", database=True, s3=True)),
    "scheduler": ActorKind("scheduler.actor", Needs("scheduler", database=True, s3=True)),
    "agent": ActorKind("gpu_agent.actor", Needs("agent", s3=True)),
    "merger": ActorKind("merger.actor", Needs("merger", database=True, s3=True)),
}


def run_of(kind: str) -> Run:
    """The coroutine function that is this kind of actor. Only its module is imported.

    Raises:
        KeyError: There is no such kind.
    """
    run: Run = importlib.import_module(ACTORS[kind].module).run
    return run


class ActorProcess:
    """One actor as a unit that is kept running."""

    grace = 25.0  # seconds: requests get ten, running handlers get ten, then connections close

    def __init__(self, name: str, kind: str, settings: Settings, health_port: int) -> None:
        """Args:
        name: Unique among the actors, such as "agent-2".
        kind: A key of `ACTORS`.
        """
        self.name = name
        self.kind = kind
        self.health_port = health_port
        self._settings = settings.model_copy(update={"health_port": health_port})

    def prepare(self) -> None:
        """Nothing: an actor keeps no files."""

    def program(self) -> Program:
        """`visage actor KIND` in a process of its own."""
        return Program(
            name=self.name,
            argv=[sys.executable, "-m", "visage", "actor", self.kind],
            env=environment_for(self._settings, ACTORS[self.kind].needs),
            log=self._settings.data / "log" / f"{self.name}.log",
            cwd=ROOT,
        )

    async def check(self) -> None:
        """Ask /readyz.

        Raises:
            ConnectionError: It does not answer, or with something else than 200.
        """
        answer = await http_status("127.0.0.1", self.health_port, "/readyz")
        if answer != 200:
            raise ConnectionError(f"{self.name} answers {answer}")


async def http_status(host: str, port: int, path: str) -> int:
    """Status code of a GET.

    Raises:
        OSError: Nobody listens, or no answer came within three seconds.
    """
    async with asyncio.timeout(_HEADER_SECONDS):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            words = (await reader.readline()).split()
        finally:
            writer.close()
    if len(words) < 2:
        raise ConnectionError("no answer")
    return int(words[1])
