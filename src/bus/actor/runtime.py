"""The actor: its consumers, its loops, its window, and how it ends."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import structlog
from pydantic import BaseModel

from bus.actor.consumer import Consumer, Handler, Policy
from bus.actor.health import Check, HealthServer
from bus.actor.loops import Pulse, keep_running, repeat
from bus.actor.metrics import Metrics
from bus.cancellation import end
from bus.connection import Bus
from bus.topology import consumer_spec
from contracts.errors import UnavailableError
from contracts.settings import Settings

log = structlog.get_logger()
M = TypeVar("M", bound=BaseModel)

GRACE = 10.0  # seconds running handlers get at the end
STUCK = 30.0  # seconds without a turn after which a consumer's loop counts as stuck
PERIODIC_STUCK = 300.0  # seconds one call of periodic work may take, besides ten times its interval


class Actor:
    """A process with a mailbox.

    Declare with `consume`, `every`, `background`, `on_ready`, then `await run()`.

    Attributes:
        name: Label of its metrics, token of its dead letters.
        metrics: Its counters; more may be registered.
        port: Where its health is served, once it runs.
        started: Set once it runs.
    """

    def __init__(
        self,
        name: str,
        bus: Bus,
        settings: Settings,
        *,
        grace: float = GRACE,
        transient: tuple[type[Exception], ...] = (),
    ) -> None:
        """Args:
        grace: Seconds running handlers get when we are told to stop.
        transient: Exceptions that mean, besides UnavailableError, ConnectionError and TimeoutError, that a
            server behind us is away: tried again without counting.
        """
        self.name = name
        self.metrics = Metrics(name)
        self.port: int | None = None
        self.started = asyncio.Event()
        self._bus, self._settings, self._grace, self._transient = bus, settings, grace, transient
        self._consumers: list[Consumer[Any]] = []
        self._loops: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._pulses: list[Pulse] = []
        self._checks: dict[str, Check] = {"broker": bus.check}
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()

    def consume(
        self,
        consumer: str,
        model: type[M],
        handler: Handler[M],
        *,
        concurrency: int | Callable[[], int] = 1,
        max_deliveries: int | None = 5,
        timeout: float | None = None,
        confirm: bool = False,
    ) -> None:
        """Handle the messages of a declared consumer.

        Args:
            concurrency: Handlers at the same time, all told (running ones are subtracted by the runtime). A
                callable is asked before each fetch; where it gives 0, nothing is fetched.
            max_deliveries: Failures after which a message becomes a dead letter; None never gives up.
            timeout: Seconds a handler may run before it is cancelled, which counts as a failure.
            confirm: Wait until the broker confirmed each acknowledgement.
        """
        spec = consumer_spec(consumer)
        lease = spec.lease(self._settings.nats.lease_seconds)
        policy = Policy(concurrency, lease, max_deliveries, timeout, confirm, self._transient)
        made = Consumer(self._bus, self.name, spec, model, handler, policy, self.metrics.of(consumer))
        self._consumers.append(made)
        self._checks[f"consumer {consumer}"] = lambda: _check_consumer(made)

    def every(self, seconds: float, fn: Callable[[], Awaitable[None]]) -> None:
        """Call `fn` every `seconds`; errors are logged, calls never overlap."""
        name = _name_of(fn)
        pulse = self._pulse(f"every {name}", PERIODIC_STUCK + 10 * seconds)
        self._loops.append(lambda: repeat(name, seconds, fn, pulse))

    def background(self, fn: Callable[[], Awaitable[None]]) -> None:
        """Run `fn` for as long as the actor lives; it is started again, with back-off, if it raises."""
        self._loops.append(lambda: keep_running(_name_of(fn), fn))

    def on_ready(self, check: Check) -> None:
        """Ask `check` for /readyz; it raises while a dependency is away."""
        self._checks[f"{_name_of(check)} {len(self._checks)}"] = check

    @property
    def is_stopping(self) -> bool:
        """Whether it takes nothing new any more."""
        return self._stop.is_set()

    def stop(self) -> None:
        """End as on SIGTERM; called again, without waiting for handlers."""
        (self._hurry if self._stop.is_set() else self._stop).set()

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT, then let handlers end, and close the bus.

        Raises:
            UnavailableError: The broker closed the connection for good (such as a changed password).
        """
        health = HealthServer(
            self._settings.health_host,
            self._settings.health_port,
            self.metrics,
            lambda: self._pulses,
            self._checks,
        )
        with self._signals():
            try:
                self.port = await health.start()
                self._start_loops()
                log.info("actor runs", actor=self.name)
                self.started.set()
                await self._until_stopped()
                await self._drain()
            finally:
                await self._drain_within(0)
                await end(*self._tasks)
                await health.stop()
                await self._bus.close()
                log.info("actor stopped", actor=self.name)

    def _start_loops(self) -> None:
        for consumer in self._consumers:
            self._spawn(consumer.pull(self._pulse(f"pull {consumer.name}", STUCK).beat))
            self._spawn(
                consumer.heartbeat(self._pulse(f"heartbeat {consumer.name}", STUCK + consumer.lease).beat)
            )
        for loop in self._loops:
            self._spawn(loop())

    async def _until_stopped(self) -> None:
        closed = asyncio.create_task(self._bus.closed.wait())
        stopped = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({closed, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end(closed, stopped)
        if not self._stop.is_set():
            raise UnavailableError("message broker")

    async def _drain(self) -> None:
        log.info("actor drains", actor=self.name, in_flight=sum(c.in_flight for c in self._consumers))
        drained = asyncio.create_task(self._drain_within(self._grace))
        hurry = asyncio.create_task(self._hurry.wait())
        try:
            await asyncio.wait({drained, hurry}, return_when=asyncio.FIRST_COMPLETED)
            if not drained.done():
                await self._drain_within(0)
            await drained
        finally:
            await end(drained, hurry)

    async def _drain_within(self, grace: float) -> None:
        await asyncio.gather(*(consumer.drain(grace) for consumer in self._consumers))

    def _pulse(self, name: str, patience: float) -> Pulse:
        pulse = Pulse(name, patience)
        self._pulses.append(pulse)
        return pulse

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("loop died", actor=self.name, exc_info=error)
            self._pulse("dead loop", -1.0)

    @contextlib.contextmanager
    def _signals(self) -> Any:
        loop = asyncio.get_running_loop()
        kinds = (signal.SIGTERM, signal.SIGINT)
        try:
            for kind in kinds:
                loop.add_signal_handler(kind, self.stop)
            yield
        finally:
            for kind in kinds:
                loop.remove_signal_handler(kind)


async def _check_consumer(consumer: Consumer[Any]) -> None:
    if consumer.fault is not None:
        raise UnavailableError(f"consumer ({consumer.fault})")


def _name_of(fn: Callable[..., Any]) -> str:
    return getattr(fn, "__qualname__", type(fn).__qualname__)
