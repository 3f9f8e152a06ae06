"""A key-value bucket of JetStream, with the fewest permissions: no consumer and no stream call is needed.

Values are read by direct gets (`$JS.API.DIRECT.GET.KV_<bucket>`), all of them by one batched direct get
(`multi_last`, nats-server 2.11, ADR-31), and watched by hearing what is published to `$KV.<bucket>.>`.
"""

import asyncio
import json
from typing import Protocol, TypeVar

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError
from pydantic import BaseModel, ValidationError

from contracts.errors import UnavailableError

log = structlog.get_logger()
M = TypeVar("M", bound=BaseModel)

PATIENCE = 5.0  # seconds a put is retried
ANSWER_SECONDS = 2.0
OPERATION = "KV-Operation"
MARKER = "Nats-Marker-Reason"
END_OF_BATCH = "204"
NOTHING = "404"


class Connection(Protocol):
    """The part of `bus.connection.Bus` that a bucket needs."""

    nc: Client
    js: JetStreamContext

    async def publish(
        self,
        subject: str,
        message: BaseModel | bytes,
        message_id: str | None = None,
        *,
        headers: dict[str, str] | None = None,
        patience: float = PATIENCE,
    ) -> api.PubAck:
        """Publish to a stream and wait until it is stored."""


class Bucket:
    """A bucket by name. Made by `Bus.bucket`; holds nothing."""

    def __init__(self, bus: Connection, name: str) -> None:
        self._bus = bus
        self.name = name
        self._stream = f"KV_{name}"

    def subject(self, key: str) -> str:
        """Subject on which a key's values are published; `key` may be ">" to listen to all."""
        return f"$KV.{self.name}.{key}"

    async def put(self, key: str, value: BaseModel | bytes) -> int:
        """Write a value; its revision is returned.

        Raises:
            UnavailableError: The broker did not acknowledge.
        """
        return (await self._bus.publish(self.subject(key), value, patience=PATIENCE)).seq

    async def delete(self, key: str) -> None:
        """Remove a key, whether or not it is there.

        Raises:
            UnavailableError: The broker did not acknowledge.
        """
        await self._bus.publish(self.subject(key), b"", headers={OPERATION: "DEL"}, patience=PATIENCE)

    async def get(self, key: str, model: type[M]) -> M | None:
        """The value of a key, or None.

        Raises:
            UnavailableError: The broker did not answer.
        """
        last = await self.last(key)
        return (
            None if last is None or is_removal(last.headers) else model.model_validate_json(last.data or b"")
        )

    async def last(self, key: str) -> api.RawStreamMsg | None:
        """The last message of a key as it is stored, removal markers too; None if there is none.

        Raises:
            UnavailableError: The broker did not answer.
        """
        try:
            return await self._bus.js.get_last_msg(self._stream, self.subject(key), direct=True)
        except NotFoundError:
            return None
        except (TimeoutError, nats.errors.Error) as error:
            raise UnavailableError("message broker") from error

    async def entries(self, model: type[M]) -> dict[str, M]:
        """All values by key, at most 1,024 (the server's bound on a batch); unreadable ones are left out.

        Raises:
            UnavailableError: The broker did not answer.
        """
        prefix = len(self.subject(""))
        found: dict[str, M] = {}
        for msg in await self._batch():
            headers = msg.headers or {}
            if not is_removal(headers):
                try:
                    found[headers["Nats-Subject"][prefix:]] = model.model_validate_json(msg.data)
                except ValidationError as error:
                    log.warning("unreadable entry", bucket=self.name, error=str(error))
        return found

    async def _batch(self) -> list[Msg]:
        messages: list[Msg] = []
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def receive(msg: Msg) -> None:
            status = (msg.headers or {}).get("Status")
            if status is None:
                messages.append(msg)
            elif not ended.done():
                if status in (END_OF_BATCH, NOTHING):
                    ended.set_result(None)
                else:
                    ended.set_exception(UnavailableError("message broker"))

        nc, inbox = self._bus.nc, self._bus.nc.new_inbox()
        request = json.dumps({"multi_last": [self.subject(">")]}).encode()
        try:
            subscription = await nc.subscribe(inbox, cb=receive)
            try:
                await nc.publish(f"$JS.API.DIRECT.GET.{self._stream}", request, reply=inbox)
                await asyncio.wait_for(ended, ANSWER_SECONDS)
            finally:
                await subscription.unsubscribe()
        except (TimeoutError, nats.errors.Error) as error:
            raise UnavailableError("message broker") from error
        return messages


def is_removal(headers: dict[str, str] | None) -> bool:
    """Whether a stored message says that its key is gone: deleted, purged, or expired with a marker."""
    return bool(headers) and (OPERATION in (headers or {}) or MARKER in (headers or {}))
