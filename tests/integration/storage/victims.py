"""Servers that are there to be killed -9, and started again on the same port when the test says so."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Generic, TypeVar

from bus.topology import provision
from contracts.settings import DatabaseSettings, NatsSettings, S3Settings
from tests.waiting import PATIENCE
from visage.embedded import secrets
from visage.embedded.nats import NatsServer
from visage.embedded.ports import free_port
from visage.embedded.postgres import PostgresServer
from visage.embedded.process import spawn
from visage.embedded.s3 import S3Server
from visage.embedded.server import Server

S = TypeVar("S")

_POLL_SECONDS = 0.02


class Victim(Generic[S]):
    """A server, and the settings that lead to it."""

    def __init__(self, server: Server, settings: S) -> None:
        self.settings = settings
        self._server = server
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it, and return when it serves."""
        async with asyncio.timeout(PATIENCE):
            while not await self._serves():
                if self._process is None or self._process.returncode is not None:
                    await asyncio.to_thread(self._server.prepare)
                    self._process = await spawn(self._server.program())
                await asyncio.sleep(_POLL_SECONDS)

    async def kill(self) -> None:
        """Kill it as a crash would."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _serves(self) -> bool:
        if self._process is None:
            return False
        try:
            await self._server.check()
        except Exception:
            return False
        return True


@asynccontextmanager
async def postgres_victim(folder: Path, *, started: bool = True) -> AsyncIterator[Victim[DatabaseSettings]]:
    """A database server without tables."""
    data = secrets.private_folder(folder / "postgres-victim")
    server = PostgresServer(data, free_port(), secrets.load(data), DatabaseSettings(pool=4))
    async with _kept(Victim(server, server.settings), started) as victim:
        yield victim


@asynccontextmanager
async def nats_victim(folder: Path) -> AsyncIterator[Victim[NatsSettings]]:
    """A broker with the declared topology."""
    data = secrets.private_folder(folder / "nats-victim")
    server = NatsServer(data, free_port(), secrets.load(data), NatsSettings())
    async with _kept(Victim(server, server.settings), started=True) as victim:
        await provision(victim.settings)
        yield victim


@asynccontextmanager
async def s3_victim(folder: Path) -> AsyncIterator[Victim[S3Settings]]:
    """An object store without objects."""
    data = secrets.private_folder(folder / "s3-victim")
    server = S3Server(data, free_port(), secrets.load(data), S3Settings())
    async with _kept(Victim(server, server.settings), started=True) as victim:
        yield victim


@asynccontextmanager
async def _kept(victim: Victim[S], started: bool) -> AsyncIterator[Victim[S]]:
    try:
        if started:
            await victim.start()
        yield victim
    finally:
        await victim.kill()
