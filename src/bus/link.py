"""The line to the broker: connect with patience, reconnect for ever, notice what is refused, hang up."""

import asyncio
import contextlib
import random
import re
import time
from collections.abc import Callable
from typing import Any

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.client import Server as NatsServer

from contracts.errors import UnavailableError
from contracts.settings import NatsSettings

log = structlog.get_logger()

BROKER = "message broker"
PENDING_BYTES = 8 * 1024 * 1024  # buffered while the broker is away
_DENIED = re.compile(r'permissions violation for (?:publish|subscription) to "([^"]+)"', re.IGNORECASE)


class Link:
    """A nats-py client and what is known about its connection.

    Attributes:
        nc: The client.
        connected: Set while the broker is there.
        closed: Set once the connection is gone for good (closed by us, or refused by the broker).
    """

    def __init__(self, actor: str) -> None:
        self.nc = Client()
        self.connected = asyncio.Event()
        self.closed = asyncio.Event()
        self._actor = actor
        self._refused = asyncio.Event()
        self._watchers: list[Callable[[], None]] = []
        self._denied: dict[str, float] = {}  # by subject in lower case, as the client reports it
        self._last_error = ""
        self._closing: asyncio.Task[None] | None = None

    async def open(self, settings: NatsSettings, patience: float) -> None:
        """Connect, within `patience` seconds.

        Raises:
            UnavailableError: No broker answered in time.
            PermissionError: The broker refused the password.
        """
        if settings.url is None:
            raise UnavailableError(BROKER)
        password = settings.passwords.get(self._actor)
        attempt = self._connect(settings.url, password.get_secret_value() if password else None)
        opening, refused = asyncio.create_task(attempt), asyncio.create_task(self._refused.wait())
        try:
            await asyncio.wait({opening, refused}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if self._refused.is_set():
                raise PermissionError(f"the message broker refused the password of {self._actor}")
            if not opening.done():
                raise UnavailableError(BROKER)
            await opening
        finally:
            opening.cancel()
            refused.cancel()
            await asyncio.gather(opening, refused, return_exceptions=True)
        self.connected.set()

    async def _connect(self, url: str, password: str | None) -> None:
        await self.nc.connect(
            servers=[part.strip() for part in url.split(",")],
            name=f"visage-{self._actor}",
            user=self._actor if password else None,
            password=password,
            inbox_prefix=f"_INBOX_{self._actor}",
            connect_timeout=2,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.25,  # type: ignore[arg-type]  # seconds; any number does
            reconnect_to_server_handler=_choose_server,
            ping_interval=5,
            max_outstanding_pings=2,
            pending_size=PENDING_BYTES,
            drain_timeout=5,
            error_cb=self._on_error,
            disconnected_cb=self._on_disconnect,
            reconnected_cb=self._on_reconnect,
            closed_cb=self._on_close,
        )

    @property
    def is_up(self) -> bool:
        """Whether the broker is there at this moment."""
        return self.connected.is_set() and self.nc.is_connected

    def on_change(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` after every loss and every return of the connection."""
        self._watchers.append(watcher)

    def denied_since(self, subject: str, moment: float) -> bool:
        """Whether the broker refused us this subject after `moment` (of `time.monotonic`)."""
        return self._denied.get(subject.lower(), 0.0) >= moment

    async def round_trip(self) -> None:
        """Until the broker saw all we sent: the client's first ping overtakes what it still holds back."""
        await self.nc.flush(timeout=2)
        await self.nc.flush(timeout=2)

    async def close(self) -> None:
        """Send what is buffered and hang up; again and again if you like."""
        await asyncio.shield(self._begin_closing())

    def _begin_closing(self) -> asyncio.Task[None]:
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        return self._closing

    async def _close(self) -> None:
        if self.nc.is_connected:
            with contextlib.suppress(TimeoutError, nats.errors.Error, OSError):
                await self.round_trip()
        if not self.nc.is_connected:
            self._forget_pending()
        await self.nc.close()
        self.connected.clear()
        self.closed.set()

    def _forget_pending(self) -> None:
        """Without this nats-py 2.16 writes it to the broken connection, and leaves its tasks behind."""
        self.nc._pending, self.nc._pending_data_size = [], 0

    async def _on_error(self, error: Exception) -> None:
        if denied := _DENIED.search(str(error)):
            self._denied[denied[1].lower()] = time.monotonic()
        if _is_refusal(error):  # trying again with the same password is no use
            self._refused.set()
            self._begin_closing()
        told = str(error) or repr(error)
        if told != self._last_error:  # once per outage, not once per attempt to reconnect
            log.warning("broker error", actor=self._actor, error=told)
        self._last_error = told

    async def _on_disconnect(self) -> None:
        if self._closing is None:
            log.warning("broker away", actor=self._actor)
        self.connected.clear()
        self._tell_watchers()

    async def _on_reconnect(self) -> None:
        log.info("broker back", actor=self._actor)
        self._last_error = ""
        self.connected.set()
        self._tell_watchers()

    async def _on_close(self) -> None:
        if self._closing is None:
            log.error("broker connection closed", actor=self._actor)
        self.connected.clear()
        self.closed.set()
        self._tell_watchers()

    def _tell_watchers(self) -> None:
        for watcher in self._watchers:
            watcher()


def _choose_server(servers: list[NatsServer], info: dict[str, Any]) -> tuple[NatsServer | None, float]:
    """The server to reconnect to, and after how many seconds."""
    return random.choice(servers), random.uniform(0.05, 0.3)


def _is_refusal(error: Exception) -> bool:
    refused = isinstance(error, nats.errors.AuthorizationError)
    return refused or "authorization violation" in str(error).lower()
