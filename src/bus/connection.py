"""One actor's connection to the message broker.

It reconnects for ever. What is published with an acknowledgement is retried with the same Nats-Msg-Id, so the
stream keeps it once; what is announced may be lost.
"""

import asyncio
import contextlib
import random
import re
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Self, TypeVar
from uuid import uuid4

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.client import Server as NatsServer
from nats.js import JetStreamContext, api
from nats.js.errors import APIError, NoStreamResponseError
from pydantic import BaseModel

from bus.backoff import delays
from bus.bucket import Bucket
from bus.listener import Listener
from contracts.errors import UnavailableError
from contracts.settings import NatsSettings

log = structlog.get_logger()
M = TypeVar("M", bound=BaseModel)

BROKER = "message broker"
PUBLISH_PATIENCE = (
    20.0  # seconds; a three-node cluster's worst gap after kill -9 of a leader was measured as 7.4
)
REQUEST_SECONDS = 2.0
PENDING_BYTES = 8 * 1024 * 1024  # buffered while the broker is away
_DENIED = re.compile(r'permissions violation for (?:publish|subscription) to "([^"]+)"', re.IGNORECASE)


class Bus:
    """A connection, its JetStream context, and what an actor does with them. Made by `Bus.connect`.

    Attributes:
        nc: The nats-py client.
        js: Its JetStream context.
        actor: The user of nats.conf it is connected as.
        closed: Set once the connection is gone for good (closed by us, or refused by the broker).
    """

    def __init__(self, actor: str) -> None:
        self.actor = actor
        self.nc = Client()
        self.js = JetStreamContext(self.nc, timeout=REQUEST_SECONDS)
        self.closed = asyncio.Event()
        self._refused = asyncio.Event()
        self._connected = asyncio.Event()
        self._watchers: list[Callable[[], None]] = []
        self._listeners: set[Listener[Any]] = set()
        self._denied: dict[str, float] = {}  # by subject in lower case, as the client reports it
        self._last_error = ""
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def connect(cls, settings: NatsSettings, actor: str, *, patience: float = 30.0) -> Self:
        """Connect as `actor`, waiting up to `patience` seconds for a broker that is not there yet.

        Raises:
            UnavailableError: No broker answered in time.
            PermissionError: The broker refused the password.
        """
        bus = cls(actor)
        try:
            await bus._open(settings, patience)
        except BaseException:
            await bus.close()
            raise
        return bus

    async def _open(self, settings: NatsSettings, patience: float) -> None:
        if settings.url is None:
            raise UnavailableError(BROKER)
        password = settings.passwords.get(self.actor)
        attempt = self._connect_client(settings.url, password.get_secret_value() if password else None)
        opening, refused = asyncio.create_task(attempt), asyncio.create_task(self._refused.wait())
        try:
            await asyncio.wait({opening, refused}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if self._refused.is_set():
                raise PermissionError(f"the message broker refused the password of {self.actor}")
            if not opening.done():
                raise UnavailableError(BROKER)
            await opening
        finally:
            opening.cancel()
            refused.cancel()
            await asyncio.gather(opening, refused, return_exceptions=True)
        self._connected.set()

    async def _connect_client(self, url: str, password: str | None) -> None:
        await self.nc.connect(
            servers=[part.strip() for part in url.split(",")],
            name=f"visage-{self.actor}",
            user=self.actor if password else None,
            password=password,
            inbox_prefix=f"_INBOX_{self.actor}",
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
    def is_connected(self) -> bool:
        """Whether the broker is there at this moment."""
        return self._connected.is_set() and self.nc.is_connected

    def on_connection_change(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` after every loss and every return of the connection."""
        self._watchers.append(watcher)

    async def publish(
        self,
        subject: str,
        message: BaseModel | bytes,
        message_id: str | None = None,
        *,
        headers: dict[str, str] | None = None,
        patience: float = PUBLISH_PATIENCE,
    ) -> api.PubAck:
        """Publish to a stream and wait until it is stored. Retried for `patience` seconds with the same id.

        Args:
            message: A model (sent as JSON) or bytes as they are.
            message_id: Key under which the stream keeps the message once; a new one if None.

        Raises:
            UnavailableError: Not acknowledged in time; it may still have been stored.
            PermissionError: This actor may not publish there.
            nats.errors.MaxPayloadError: The message is larger than the broker takes.
        """
        payload = encode(message)
        sent = {**(headers or {}), api.Header.MSG_ID.value: message_id or uuid4().hex}
        deadline = time.monotonic() + patience
        for pause in delays(0.05, 2.0):
            try:
                return await self._publish_once(subject, payload, sent, deadline)
            except (TimeoutError, nats.errors.Error, OSError) as error:
                if not _is_passing(error) or time.monotonic() + pause >= deadline:
                    raise _final(error) from error
                log.warning("publishing again", subject=subject, reason=repr(error))
            await asyncio.sleep(pause)
        raise AssertionError("delays() never ends")

    async def _publish_once(
        self, subject: str, payload: bytes, headers: dict[str, str], deadline: float
    ) -> api.PubAck:
        started = time.monotonic()
        async with asyncio.timeout(max(0.0, deadline - started)):
            await self._connected.wait()
        try:
            return await self.js.publish(subject, payload, timeout=REQUEST_SECONDS, headers=dict(headers))
        except TimeoutError:
            if self._denied.get(subject.lower(), 0.0) >= started:
                raise PermissionError(f"{self.actor} may not publish to {subject}") from None
            raise

    async def announce(self, subject: str, message: BaseModel | bytes) -> None:
        """Tell whoever listens now. At most once: dropped if the broker stays away for long."""
        with contextlib.suppress(nats.errors.OutboundBufferLimitError):
            await self.nc.publish(subject, encode(message))

    @contextlib.asynccontextmanager
    async def listen(self, subject: str, model: type[M]) -> AsyncIterator[Listener[M]]:
        """Hear what is said on `subject` (wildcards allowed) from now on.

        The listener is iterated for `(subject, message)`; what is no `model` is logged and skipped. Sees core
        announcements and whatever is published to a stream.

        Raises:
            PermissionError: This actor may not listen there.
        """
        listener = Listener(model)
        started = time.monotonic()
        subscription = await self.nc.subscribe(subject, cb=listener.receive)
        self._listeners.add(listener)
        try:
            await self._confirm_subscription(subject, started)
            yield listener
        finally:
            self._listeners.discard(listener)
            listener.end()
            with contextlib.suppress(nats.errors.Error):
                await subscription.unsubscribe()

    async def _confirm_subscription(self, subject: str, started: float) -> None:
        if not self.is_connected:
            return  # the client subscribes again when the broker is back
        with contextlib.suppress(TimeoutError, nats.errors.Error):
            await self._round_trip()
        if self._denied.get(subject.lower(), 0.0) >= started:
            raise PermissionError(f"{self.actor} may not listen to {subject}")

    def bucket(self, name: str) -> Bucket:
        """The key-value bucket called `name`."""
        return Bucket(self, name)

    async def request_stream_info(self, stream: str, subjects_filter: str | None = None) -> api.StreamInfo:
        """State of a stream; with `subjects_filter` its `state.subjects` counts messages per subject.

        Raises:
            UnavailableError: No answer.
        """
        try:
            return await self.js.stream_info(stream, subjects_filter)
        except (TimeoutError, nats.errors.Error) as error:
            raise UnavailableError(BROKER) from error

    async def check(self) -> None:
        """Make one round trip.

        Raises:
            UnavailableError: The broker does not answer.
        """
        try:
            if not self.is_connected:
                raise UnavailableError(BROKER)
            await self._round_trip()
        except (TimeoutError, nats.errors.Error, OSError) as error:
            raise UnavailableError(BROKER) from error

    async def close(self) -> None:
        """Send what is buffered and hang up. Listeners end. May be called twice."""
        await asyncio.shield(self._begin_closing())

    def _begin_closing(self) -> asyncio.Task[None]:
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        return self._closing

    async def _close(self) -> None:
        for listener in list(self._listeners):
            listener.end()
        if self.nc.is_connected:
            with contextlib.suppress(TimeoutError, nats.errors.Error, OSError):
                await self._round_trip()
        else:
            self._forget_pending()
        await self.nc.close()
        self._connected.clear()
        self.closed.set()

    async def _round_trip(self) -> None:
        """Until the broker saw all we sent: the client's first ping overtakes what it still holds back."""
        await self.nc.flush(timeout=2)
        await self.nc.flush(timeout=2)

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
            log.warning("broker error", actor=self.actor, error=told)
        self._last_error = told

    async def _on_disconnect(self) -> None:
        if self._closing is None:
            log.warning("broker away", actor=self.actor)
        self._connected.clear()
        self._tell_watchers()

    async def _on_reconnect(self) -> None:
        log.info("broker back", actor=self.actor)
        self._last_error = ""
        self._connected.set()
        self._tell_watchers()

    async def _on_close(self) -> None:
        if self._closing is None:
            log.error("broker connection closed", actor=self.actor)
        self._connected.clear()
        self.closed.set()
        self._tell_watchers()

    def _tell_watchers(self) -> None:
        for watcher in self._watchers:
            watcher()


def encode(message: BaseModel | bytes) -> bytes:
    """The bytes of a message."""
    return message if isinstance(message, bytes) else message.model_dump_json().encode()


def _choose_server(
    servers: list[NatsServer], info: dict[str, Any]
) -> tuple[NatsServer | None, float]:  # nats-py asks before each attempt to reconnect
    return random.choice(servers), random.uniform(0.05, 0.3)


def _is_refusal(error: Exception) -> bool:
    refused = isinstance(error, nats.errors.AuthorizationError)
    return refused or "authorization violation" in str(error).lower()


def _is_passing(error: Exception) -> bool:
    if isinstance(error, PermissionError | nats.errors.MaxPayloadError | nats.errors.BadSubjectError):
        return False
    if isinstance(error, APIError) and not isinstance(error, NoStreamResponseError):
        return (error.code or 0) >= 500  # 503: no quorum, stream full, shutting down
    return True


def _final(error: Exception) -> Exception:
    return UnavailableError(BROKER) if _is_passing(error) else error
