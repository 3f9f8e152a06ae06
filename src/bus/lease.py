"""Who leads: a lease in the `leases` bucket, with a TTL and a fencing number.

    states of one candidate             what its process may do

    FREE                                nothing, but try to acquire
      │ ▲   acquired at revision r
      │ └── released
      ▼
    HELD                                lead; every write carries fence r
      │     renewed every TTL/3
      ▼
    LOST                                nothing more: `lost` is set, and whoever leads next has a larger fence

HELD becomes LOST when a renewal is refused because another's revision is there, or when TTL has passed on
this machine's clock since the last accepted renewal was *sent* (the broker is away). The broker counts from
when it received it, so we know of the loss no later than anyone else can acquire. `release` deletes the key:
the next candidate need not wait.

The stored message bears a TTL of its own, and the broker removes it without leaving a marker: the bucket has
no `limit_marker_ttl`, because a marker makes a plain create fail until the marker itself is gone. Acquiring
is a publish that expects to be the first on its subject (0), or the first after the removal that is there.

A write whose acknowledgement was lost shows up as a revision nobody told us of, with our own token as its
value: it is ours, and the lease goes on from it.

The fence is the stream's sequence number of the acquisition: it only grows, over restarts of the broker too.
"""

import asyncio
import contextlib
import math
import os
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Any, Self
from uuid import uuid4

import nats.errors
import structlog
from nats.js.errors import APIError

from bus.bucket import OPERATION, is_removal
from bus.cancellation import end
from bus.connection import Bus
from contracts.errors import UnavailableError
from contracts.subjects import LEASES_BUCKET

log = structlog.get_logger()

RETRY_SECONDS = 0.25  # a candidate looks this often, and a leader whose renewal failed tries this often
WRITE_SECONDS = 1.0
WRONG_LAST_SEQUENCE = (10071, 10164)


class RefusedError(Exception):
    """Another revision is there than the one that was expected."""


class Lease:
    """A lease called `name`. One object is one candidate.

    Attributes:
        fence: Revision of the acquisition; 0 while not held. Whoever acquires later gets a larger one.
        lost: Set when a held lease is lost (not when it is released); cleared by `hold`.
    """

    def __init__(self, bus: Bus, name: str, ttl_seconds: float) -> None:
        """`ttl_seconds`: at least 1; the broker counts whole seconds, so it is rounded up there."""
        self.fence = 0
        self.lost = asyncio.Event()
        self._bus, self._name = bus, name
        self._ttl = ttl_seconds
        self._bucket = bus.bucket(LEASES_BUCKET)
        self._token = f"{bus.actor}@{socket.gethostname()}:{os.getpid()}/{uuid4().hex}".encode()
        self._revision = 0
        self._renewing: asyncio.Task[None] | None = None

    @property
    def is_held(self) -> bool:
        """Whether we hold it now."""
        return self.fence > 0

    async def hold(self) -> int:
        """Wait until the lease is ours, keep it renewed from then on; the fence is returned."""
        await self._stop_renewing()
        self.lost.clear()
        while True:
            sent = time.monotonic()
            if await self._try_acquire():
                break
            await asyncio.sleep(RETRY_SECONDS)
        self.fence = self._revision
        self._renewing = asyncio.create_task(self._renew(sent))
        log.info("lease held", lease=self._name, fence=self.fence)
        return self.fence

    async def release(self) -> None:
        """Give it up, so that another can have it at once. Nothing happens if it is not held."""
        await self._stop_renewing()
        if self.is_held:
            self.fence = 0
            with contextlib.suppress(UnavailableError, RefusedError):
                await self._write(b"", self._revision, {OPERATION: "DEL"})

    async def lead(self, work: Callable[[int], Awaitable[None]]) -> None:
        """Whenever the lease is ours, run `work(fence)`, cancelled when it is lost. Ends as work returns."""
        while True:
            async with self:
                if await self._until_lost(work):
                    return

    async def __aenter__(self) -> Self:
        await self.hold()
        return self

    async def __aexit__(self, *exc_info: Any) -> None:
        await self.release()

    async def _until_lost(self, work: Callable[[int], Awaitable[None]]) -> bool:
        working = asyncio.ensure_future(work(self.fence))
        losing = asyncio.ensure_future(self.lost.wait())
        try:
            await asyncio.wait({working, losing}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                await working
            return working.done()
        finally:
            await end(working, losing)

    async def _try_acquire(self) -> bool:
        if not self._bus.is_connected:
            return False
        try:
            last = await self._bucket.last(self._name)
            if last is not None and not is_removal(last.headers) and last.data != self._token:
                return False
            await self._write(self._token, (last.seq or 0) if last else 0, self._ttl_header())
        except (UnavailableError, RefusedError):
            return False
        return True

    async def _renew(self, renewed: float) -> None:
        pause = self._ttl / 3
        while (left := renewed + self._ttl - time.monotonic()) > 0:
            await asyncio.sleep(min(pause, left))
            sent = time.monotonic()
            try:
                async with asyncio.timeout(max(0.0, renewed + self._ttl - sent)):
                    await self._renew_once()
                renewed, pause = sent, self._ttl / 3
            except RefusedError as error:
                self._lose(str(error))
                return
            except (TimeoutError, UnavailableError):
                pause = RETRY_SECONDS
        self._lose("the broker did not answer in time")

    async def _renew_once(self) -> None:
        try:
            await self._write(self._token, self._revision, self._ttl_header())
        except RefusedError:
            last = await self._bucket.last(self._name)
            if last is None or last.data != self._token or is_removal(last.headers):
                raise
            await self._write(self._token, last.seq or 0, self._ttl_header())

    def _lose(self, reason: str) -> None:
        log.warning("lease lost", lease=self._name, fence=self.fence, reason=reason)
        self.fence = 0
        self.lost.set()

    async def _write(self, value: bytes, after: int, headers: dict[str, str]) -> None:
        if not self._bus.is_connected:  # else it would be buffered, and written when we may long have lost it
            raise UnavailableError("message broker")
        expected = {"Nats-Expected-Last-Subject-Sequence": str(after), **headers}
        subject = self._bucket.subject(self._name)
        try:
            ack = await self._bus.js.publish(subject, value, timeout=WRITE_SECONDS, headers=expected)
        except APIError as error:
            if error.err_code in WRONG_LAST_SEQUENCE:
                raise RefusedError(error.description) from error
            raise UnavailableError("message broker") from error
        except (TimeoutError, nats.errors.Error) as error:
            raise UnavailableError("message broker") from error
        self._revision = ack.seq

    def _ttl_header(self) -> dict[str, str]:
        return {"Nats-TTL": f"{math.ceil(self._ttl)}s"}

    async def _stop_renewing(self) -> None:
        if self._renewing is not None:
            await end(self._renewing)
            self._renewing = None
