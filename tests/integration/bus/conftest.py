"""A broker of one's own that may be killed, and what actors need beside it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bus.actor import Actor
from bus.connection import Bus
from bus.topology import provision
from contracts.settings import NatsSettings, Settings
from visage.embedded import secrets
from visage.embedded.nats import NatsServer
from visage.embedded.ports import free_port
from visage.embedded.process import spawn, stop

LEASE = 1.0  # seconds
OpenBus = Callable[[str], Awaitable[Bus]]


class Broker:
    """A nats-server with the declared topology; `kill` is kill -9, `start` finds what was stored."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._port = free_port()
        base = NatsSettings(lease_seconds=LEASE)
        self._server = NatsServer(folder, self._port, secrets.load(folder), base)
        self.settings = self._server.settings
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await spawn(self._server.program())
        await until(self._greets)

    async def _greets(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        if self._process is not None:
            await stop(self._process, self._server.program().stop_signal, 5)

    def actor_settings(self) -> Settings:
        return Settings(data=self.folder, health_port=0).model_copy(update={"nats": self.settings})


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = 20.0) -> None:
    """Wait for a condition; fails when it does not come."""
    async with asyncio.timeout(seconds):
        while True:
            met = condition()
            if met if isinstance(met, bool) else await met:
                return
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(actor: Actor) -> AsyncIterator[Actor]:
    """The actor at work; told to stop and awaited at the end."""
    task = asyncio.create_task(actor.run())
    started = asyncio.create_task(actor.started.wait())
    await asyncio.wait({task, started}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield actor
    finally:
        actor.stop()
        await task
        await started


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    """A broker of one's own, with short leases."""
    broker = Broker(secrets.private_folder(tmp_path / "broker"))
    await broker.start()
    await provision(broker.settings)
    yield broker
    await broker.stop()


@pytest.fixture
async def connect(broker: Broker) -> AsyncIterator[OpenBus]:
    """Opens connections to it."""
    async with AsyncExitStack() as opened:

        async def open_as(actor: str) -> Bus:
            bus = await Bus.connect(broker.settings, actor)
            opened.push_async_callback(bus.close)
            return bus

        yield open_as
