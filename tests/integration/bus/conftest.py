"""A broker of one's own that may be killed, and what actors need beside it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bus.actor import Actor
from bus.connection import Bus
from bus.topology import provision
from contracts.settings import NatsSettings, Settings
from tests.waiting import until
from visage.embedded import secrets
from visage.embedded.nats import NatsServer, password_variables
from visage.embedded.ports import free_port
from visage.embedded.process import spawn, stop
from visage.embedded.server import bare_environment

LEASE = 2.0  # seconds: a busy machine may stand still for one
ROOT = Path(__file__).parents[3]
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

    async def start(self, passwords: str | None = None) -> None:
        program = self._server.program()
        if passwords is not None:
            changed = password_variables(dict.fromkeys(secrets.NATS_USERS, passwords))
            program = replace(program, env={**program.env, **changed})
        self._process = await spawn(program)
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


class Victim:
    """An actor in a process of its own (`victim.py`), and what it noted."""

    def __init__(self, process: asyncio.subprocess.Process, notes: Path, health: Path) -> None:
        self.process = process
        self._notes = notes
        self.health = health

    @property
    def notes(self) -> list[str]:
        return self._notes.read_text().splitlines() if self._notes.exists() else []


@pytest.fixture
async def victims(broker: Broker, tmp_path: Path) -> AsyncIterator[Callable[[str], Awaitable[Victim]]]:
    """Starts victims: `await victims("hang")`; those that still live at the end are killed."""
    started: list[Victim] = []

    async def start(mode: str) -> Victim:
        notes, health = (tmp_path / f"victim-{len(started)}.{kind}" for kind in ("notes", "port"))
        passwords = {user: secret.get_secret_value() for user, secret in broker.settings.passwords.items()}
        environment = {
            **bare_environment(),
            "PYTHONPATH": os.pathsep.join(["src", "."]),
            "VISAGE_NATS_URL": str(broker.settings.url),
            "VISAGE_NATS_PASSWORDS": json.dumps(passwords),
            "VISAGE_NATS_LEASE_SECONDS": str(LEASE),
            "VISAGE_HEALTH_FILE": str(health),
            "VICTIM_LOG": str(notes),
        }
        argv = (sys.executable, "-W", "error", "-m", "tests.integration.bus.victim", mode)
        process = await asyncio.create_subprocess_exec(*argv, cwd=ROOT, env=environment)
        started.append(Victim(process, notes, health))
        return started[-1]

    yield start
    for victim in started:
        if victim.process.returncode is None:
            victim.process.kill()
            await victim.process.wait()


@pytest.fixture
async def connect(broker: Broker) -> AsyncIterator[OpenBus]:
    """Opens connections to it."""
    async with AsyncExitStack() as opened:

        async def open_as(actor: str) -> Bus:
            bus = await Bus.connect(broker.settings, actor)
            opened.push_async_callback(bus.close)
            return bus

        yield open_as
