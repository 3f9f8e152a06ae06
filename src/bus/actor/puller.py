"""Keeping a mailbox as full as there is room, by JetStream's pull protocol (ADR-13, ADR-37).

`outstanding` is how many messages the broker still owes us. It grows by each request, shrinks by each message
and by what a status says was left of a request, and is forgotten together with the inbox when the connection
changed or the broker fell silent: requests to an inbox nobody listens to are dropped by the broker. So room
is never exceeded. Requests are made only when at least half of the room is free, so that a busy consumer asks
for many at a time.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable

import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from bus.backoff import delay_after
from bus.connection import Bus
from bus.topology import ConsumerSpec

log = structlog.get_logger()

EXPIRES = 2.0  # seconds a request waits at the broker: so long a process that stands still is handed messages
HEARTBEAT = (
    1.0  # seconds between signs of life while a request waits; the broker wants half of EXPIRES at most
)
SILENCE = 5.0  # seconds without any sign after which a request counts as lost
TICK = 0.5  # seconds between looks at the room while nothing happens
NS = 1_000_000_000


class Puller:
    """Pulls from one consumer into `receive`.

    Attributes:
        fault: What is wrong with the consumer at the moment, for readiness; None if nothing is.
    """

    def __init__(
        self, bus: Bus, spec: ConsumerSpec, receive: Callable[[Msg], None], room: Callable[[], int]
    ) -> None:
        self.fault: str | None = None
        self._bus = bus
        self._receive = receive
        self._room = room
        self._api = f"$JS.API.CONSUMER.MSG.NEXT.{spec.stream}.{spec.name}"
        self._name = spec.name
        self._subscription: Subscription | None = None
        self._inbox = ""
        self._outstanding = 0
        self._heard = 0.0
        self._retry_at = 0.0
        self._faults = 0
        self._stale = False
        self._stopping = False
        self._wake = asyncio.Event()
        bus.on_connection_change(self._on_connection_change)

    def wake(self) -> None:
        """There may be room again."""
        self._wake.set()

    async def run(self, beat: Callable[[], None]) -> None:
        """Pull until `stop`; `beat` is called at each turn."""
        while not self._stopping:
            beat()
            self._wake.clear()
            try:
                await self._turn()
            except (TimeoutError, nats.errors.Error, OSError) as error:
                self._fail(repr(error))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self._wake.wait()

    async def stop(self) -> None:
        """Stop pulling; what the broker already sent still arrives at `receive` before this returns."""
        self._stopping = True
        self._wake.set()
        await self._hang_up()

    async def _turn(self) -> None:
        now = time.monotonic()
        if not self._bus.is_connected or now < self._retry_at:
            return
        room = max(0, self._room())
        if self._outstanding > 0 and now - self._heard > SILENCE:
            await self._hang_up(gently=False)
        elif self._stale or self._outstanding > room:
            await self._hang_up()
        if room > 0 and self._outstanding <= room // 2 and not self._stopping:
            await self._request(room - self._outstanding)

    async def _request(self, batch: int) -> None:
        if self._subscription is None:
            self._inbox = self._bus.nc.new_inbox()
            self._subscription = await self._bus.nc.subscribe(self._inbox, cb=self._on_message)
        request = {"batch": batch, "expires": int(EXPIRES * NS), "idle_heartbeat": int(HEARTBEAT * NS)}
        self._outstanding += batch
        self._heard = time.monotonic()
        await self._bus.nc.publish(self._api, json.dumps(request).encode(), reply=self._inbox)

    async def _hang_up(self, *, gently: bool = True) -> None:
        subscription, self._subscription = self._subscription, None
        self._outstanding = 0
        self._stale = False
        if subscription is not None:
            with contextlib.suppress(TimeoutError, nats.errors.Error):
                await _end(subscription, gently and self._bus.is_connected)

    async def _on_message(self, msg: Msg) -> None:
        self._heard = time.monotonic()
        status = (
            (msg.headers or {}).get("Status") if msg.headers and not msg.reply.startswith("$JS.ACK") else None
        )
        if status is not None:
            self._on_status(status, msg)
            return
        self._outstanding = max(0, self._outstanding - 1)
        self._recover()
        self._receive(msg)
        if self._outstanding == 0:
            self._wake.set()

    def _on_status(self, status: str, msg: Msg) -> None:
        if status == "100":
            self._recover()
            return
        headers = msg.headers or {}
        left = int(headers.get("Nats-Pending-Messages", self._outstanding))
        self._outstanding = max(0, self._outstanding - left)
        if status != "408":
            self._outstanding = 0
            self._fail(f"{status} {headers.get('Description', 'no such consumer')}")
        self._wake.set()

    def _fail(self, fault: str) -> None:
        self._faults += 1
        self._retry_at = time.monotonic() + delay_after(self._faults, 0.1, 2.0)
        if fault != self.fault:
            log.warning("cannot pull", consumer=self._name, fault=fault)
        self.fault = fault

    def _recover(self) -> None:
        self._faults = 0
        self.fault = None

    def _on_connection_change(self) -> None:
        self._stale = True
        self._retry_at = 0.0
        self._wake.set()


async def _end(subscription: Subscription, gently: bool) -> None:
    if gently:
        await subscription.drain()  # type: ignore[no-untyped-call]
    else:
        await subscription.unsubscribe()
