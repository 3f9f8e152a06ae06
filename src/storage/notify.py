"""Being told by PostgreSQL that something changed, over a connection of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from contracts.errors import UnavailableError
from contracts.settings import DatabaseSettings
from storage.faults import guard
from storage.orm import url_of

_CONNECT_SECONDS = 5


class Channel:
    """A channel that is listened to. Made by `listen`."""

    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self._connection = connection
        self._called = asyncio.Event()
        self._payloads: set[str] = set()
        self._lost = False

    def ring(self, *notification: object) -> None:
        """Somebody notified the channel; the payload comes last."""
        self._payloads.add(str(notification[-1]))
        self._called.set()

    def lose(self, *_: object) -> None:
        """The connection broke."""
        self._lost = True
        self._called.set()

    async def wait(self, seconds: float) -> bool:
        """Wait for a notification, at most `seconds`; whether there was one since the last wait.

        Raises UnavailableError once the connection is lost: notifications may have been missed.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._called.wait()
        except TimeoutError:
            return False
        self._called.clear()
        self.check()
        return True

    def take(self) -> set[str]:
        """The payloads of the notifications since it was last asked for them, each once."""
        taken, self._payloads = self._payloads, set()
        return taken

    def check(self) -> None:
        """Raise UnavailableError if the connection is lost."""
        if self._lost:
            raise UnavailableError("database")

    @guard()
    async def try_lock(self, number: int) -> bool:
        """Take the advisory lock `number` until the connection ends, or say that somebody has it."""
        self.check()
        return bool(await self._connection.fetchval("SELECT pg_try_advisory_lock($1)", number))


@asynccontextmanager
async def listen(settings: DatabaseSettings, channel: str) -> AsyncIterator[Channel]:
    """Listen to `channel` from now on. Raises UnavailableError when the server does not answer."""
    async with guard():
        connection = await asyncpg.connect(url_of(settings), timeout=_CONNECT_SECONDS)
    try:
        heard = Channel(connection)
        connection.add_termination_listener(heard.lose)
        async with guard():
            await connection.add_listener(channel, heard.ring)
        yield heard
    finally:
        connection.terminate()
