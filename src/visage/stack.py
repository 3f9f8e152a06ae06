"""The whole service on one machine: servers, topology, tables, actors, supervised.

async with running(settings) as stack:
    ... stack.url, stack.operator_key, stack.processes
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bus.topology import provision
from contracts.settings import Settings
from contracts.subjects import DEFAULT_POOL
from storage import database
from storage.s3 import open_store
from visage import operator, runfile
from visage.actors import ActorProcess
from visage.embedded import servers
from visage.embedded.ports import free_port, free_ports, is_free
from visage.embedded.secrets import private_folder
from visage.keeper import Keeper
from visage.runfile import RunFile, RunningProcess
from visage.together import together

_START_SECONDS = 180.0  # until every actor is ready, on a busy machine


class Stack:
    """A running service. Made by `running`.

    Attributes:
        settings: With the URLs and passwords of everything that runs.
        url: The page's address.
        operator_key: API key of the operator's account.
    """

    def __init__(self, keeper: Keeper, settings: Settings, operator_key: str) -> None:
        self.settings = settings
        self.url = settings.gateway.public_url or _address(settings)
        self.operator_key = operator_key
        self._keeper = keeper
        self._actors = _actors(settings)
        self._started_at = datetime.now(UTC)

    @property
    def actors(self) -> list[str]:
        """Names of the actors."""
        return [actor.name for actor in self._actors]

    @property
    def processes(self) -> dict[str, int]:
        """Process id of every server and actor that runs now, by name."""
        return self._keeper.processes

    async def restarted(self, name: str, pid: int, seconds: float = 60.0) -> int:
        """Wait until `name` is ready again in another process than `pid`; return the new one's id.

        Raises:
            TimeoutError: That did not happen within `seconds`.
        """
        return await self._keeper.restarted(name, pid, seconds)

    async def start(self, *, wait: bool = True) -> None:
        """Start every actor; return when all are ready, or at once without `wait`.

        Raises:
            StartError: One of them dies again and again.
        """
        self._keeper.on_change = self._write_run_file
        await together(
            *(self._keeper.add(actor, wait=wait, seconds=_START_SECONDS) for actor in self._actors)
        )
        self._write_run_file()

    async def stop(self) -> None:
        """Let every actor finish what it has in hand. Servers are stopped by the keeper's owner."""
        await self._keeper.remove(self.actors)

    def _write_run_file(self) -> None:
        health = {actor.name: f"http://127.0.0.1:{actor.health_port}" for actor in self._actors}
        processes = {
            name: RunningProcess(pid=pid, health=health.get(name)) for name, pid in self.processes.items()
        }
        runfile.write(
            self.settings.data,
            RunFile(url=self.url, pid=os.getpid(), started_at=self._started_at, processes=processes),
        )


@asynccontextmanager
async def running(settings: Settings, *, wait: bool = True) -> AsyncIterator[Stack]:
    """Start what `settings` ask for, keep it running, and stop it at the end.

    Raises:
        RequestError: CONFLICT, where one runs on the same data folder already.
        StartError: A server or an actor cannot be started.
    """
    data = private_folder(settings.data.resolve())
    with runfile.only_one(data):
        keeper = Keeper()
        try:
            stack = await _prepare(keeper, settings.model_copy(update={"data": data}))
            try:
                await stack.start(wait=wait)
                yield stack
            finally:
                await stack.stop()
        finally:
            runfile.remove(data)
            await keeper.close()


async def _prepare(keeper: Keeper, settings: Settings) -> Stack:
    """Servers, topology, tables, bucket, operator."""
    settings = await servers.start(keeper, _with_gateway_port(settings))
    await together(
        provision(settings.nats, {DEFAULT_POOL, settings.agent.pool}),
        database.migrate(settings.database),
        _make_bucket(settings),
    )
    return Stack(keeper, settings, await operator.ensure(settings.database, settings.data))


async def _make_bucket(settings: Settings) -> None:
    async with open_store(settings.s3):
        pass


def _with_gateway_port(settings: Settings) -> Settings:
    """A port nobody asked for gives way when it is taken; one that was asked for stays."""
    gateway = settings.gateway
    asked = "port" in gateway.model_fields_set and gateway.port != 0
    if asked or (gateway.port != 0 and is_free(gateway.port, gateway.host)):
        return settings
    update = {"gateway": gateway.model_copy(update={"port": free_port(gateway.host)})}
    return settings.model_copy(update=update)


def _address(settings: Settings) -> str:
    host = "127.0.0.1" if settings.gateway.host in {"0.0.0.0", "::"} else settings.gateway.host
    return f"http://{host}:{settings.gateway.port}"


def _actors(settings: Settings) -> list[ActorProcess]:
    """One of each kind, and as many of some as the settings say."""
    wanted = settings.stack
    names = [("gateway", "gateway"), ("webhooks", "webhooks")]
    names += _numbered("relay", wanted.relays)
    names += _numbered("merger", wanted.mergers)
    names += _numbered("scheduler", wanted.schedulers)
    names += [(f"agent-{number}", "agent") for number in range(1, wanted.agents + 1)]
    ports = free_ports(len(names))
    return [
        ActorProcess(name, kind, _own(settings, name), port)
        for (name, kind), port in zip(names, ports, strict=True)
    ]


def _own(settings: Settings, name: str) -> Settings:
    """`settings` with an id of its own for each agent: two under one id would be taken for one."""
    agent = settings.agent
    if agent.id is None or name == "agent-1" or not name.startswith("agent-"):
        return settings
    own = agent.model_copy(update={"id": f"{agent.id}-{name.removeprefix('agent-')}"})
    return settings.model_copy(update={"agent": own})


def _numbered(kind: str, count: int) -> list[tuple[str, str]]:
    return [(kind if number == 1 else f"{kind}-{number}", kind) for number in range(1, count + 1)]
