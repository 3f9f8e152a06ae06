"""What an actor does with the message broker: publish, announce, listen, keep and read keys.

What is published is retried with the same Nats-Msg-Id until it is acknowledged, so the stream keeps it once;
what is announced may be lost.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Self, TypeVar
from uuid import uuid4

import nats.errors
import structlog
from nats.js import JetStreamContext, api
from nats.js.errors import APIError
from pydantic import BaseModel

from bus.backoff import delays
from bus.bucket import Bucket
from bus.bundle import FEWEST, MOST, NotBundledError, Parcel, send_bundle
from bus.link import BROKER, Link
from bus.listener import Listener
from contracts.errors import UnavailableError
from contracts.settings import NatsSettings

log = structlog.get_logger()
M = TypeVar("M", bound=BaseModel)

# Seconds. A three-node cluster's worst gap after kill -9 of a stream's leader was measured as 7.4 s.
PUBLISH_PATIENCE = 20.0
REQUEST_SECONDS = 2.0


class Bus:
    """A connection, its JetStream context, and what an actor does with them. Made by `Bus.connect`.

    Attributes:
        nc: The nats-py client.
        js: Its JetStream context.
        actor: The user of nats.conf it is connected as.
        closed: Set once the connection is gone for good (closed by us, or refused by the broker).
    """

    def __init__(self, actor: str) -> None:
        self._link = Link(actor)
        self._listeners: set[Listener[Any]] = set()
        self.actor = actor
        self.nc = self._link.nc
        self.js = JetStreamContext(self.nc, timeout=REQUEST_SECONDS)
        self.closed = self._link.closed

    @classmethod
    async def connect(cls, settings: NatsSettings, actor: str, *, patience: float = 30.0) -> Self:
        """Connect as `actor`, waiting up to `patience` seconds for a broker that is not there yet.

        Raises:
            UnavailableError: No broker answered in time.
            PermissionError: The broker refused the password.
        """
        bus = cls(actor)
        try:
            await bus._link.open(settings, patience)
        except BaseException:
            await bus.close()
            raise
        return bus

    @property
    def is_connected(self) -> bool:
        """Whether the broker is there at this moment."""
        return self._link.is_up

    def on_connection_change(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` after every loss and every return of the connection."""
        self._link.on_change(watcher)

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
            await self._link.connected.wait()
        try:
            return await self.js.publish(subject, payload, timeout=REQUEST_SECONDS, headers=dict(headers))
        except TimeoutError:
            if self._link.denied_since(subject, started):
                raise PermissionError(f"{self.actor} may not publish to {subject}") from None
            raise

    async def publish_all(
        self, parcels: Sequence[Parcel], *, patience: float = PUBLISH_PATIENCE
    ) -> list[Exception | None]:
        """Publish to one stream and wait until all are stored: many by one write to disk, in their order.

        What became of each is returned: None, or the error that `publish` raises for it.
        """
        results: list[Exception | None] = []
        for start in range(0, len(parcels), MOST):
            some = parcels[start : start + MOST]
            together = len(some) >= FEWEST and await self._bundled(some)
            results += [None] * len(some) if together else await self._one_by_one(some, patience)
        return results

    async def _bundled(self, parcels: Sequence[Parcel]) -> bool:
        if not self.is_connected:
            return False
        try:
            await send_bundle(self.nc, parcels, REQUEST_SECONDS)
        except (NotBundledError, TimeoutError, nats.errors.Error, OSError) as error:
            log.info("publishing one by one", count=len(parcels), reason=str(error) or repr(error))
            return False
        return True

    async def _one_by_one(self, parcels: Sequence[Parcel], patience: float) -> list[Exception | None]:
        # They are written to the connection in the order of their tasks, and so arrive in it.
        results = await asyncio.gather(
            *(self.publish(*parcel, patience=patience) for parcel in parcels), return_exceptions=True
        )
        return [_error_of(result) for result in results]

    async def announce(self, subject: str, message: BaseModel | bytes) -> None:
        """Tell whoever listens now. At most once: dropped if the broker stays away for long."""
        with contextlib.suppress(nats.errors.OutboundBufferLimitError, nats.errors.ConnectionClosedError):
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

    async def ask(
        self, subject: str, question: BaseModel, answers: str, model: type[M], seconds: float
    ) -> M | None:
        """Announce `question` and wait for the first `model` on the subject `answers`; None where none comes
        within `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self.listen(answers, model) as listener:
                await self.announce(subject, question)
                async for _, answer in listener:
                    return answer
        return None

    async def _confirm_subscription(self, subject: str, started: float) -> None:
        if not self.is_connected:
            return  # the client subscribes again when the broker is back
        with contextlib.suppress(TimeoutError, nats.errors.Error):
            await self._link.round_trip()
        if self._link.denied_since(subject, started):
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
        if not self.is_connected:
            raise UnavailableError(BROKER)
        try:
            await self._link.round_trip()
        except (TimeoutError, nats.errors.Error, OSError) as error:
            raise UnavailableError(BROKER) from error

    async def close(self) -> None:
        """Send what is buffered and hang up. Listeners end. May be called twice."""
        for listener in list(self._listeners):
            listener.end()
        await self._link.close()


def encode(message: BaseModel | bytes) -> bytes:
    """The bytes of a message."""
    return message if isinstance(message, bytes) else message.model_dump_json().encode()


def _error_of(result: object) -> Exception | None:
    if isinstance(result, BaseException) and not isinstance(result, Exception):
        raise result
    return result if isinstance(result, Exception) else None


def _is_passing(error: Exception) -> bool:
    if isinstance(error, PermissionError | nats.errors.MaxPayloadError | nats.errors.BadSubjectError):
        return False
    if isinstance(error, APIError):
        return (error.code or 0) >= 500  # 503: no quorum, stream full, shutting down
    return True


def _final(error: Exception) -> Exception:
    return UnavailableError(BROKER) if _is_passing(error) else error
