"""One consumer of an actor: from deliveries to handlers to answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import nats.errors
import structlog
from nats.aio.msg import Msg
from pydantic import BaseModel

from bus.actor.delivery import Delivery, MessageKey
from bus.actor.letters import post_letter
from bus.actor.memory import Memory
from bus.actor.metrics import ConsumerMetrics
from bus.actor.puller import Puller
from bus.actor.verdict import LONGEST_DELAY, Again, Bury, HandlerTimeoutError, judge, reason_of
from bus.connection import Bus
from bus.topology import ConsumerSpec
from contracts.errors import UnavailableError
from contracts.subjects import dead_letter

log = structlog.get_logger()
M = TypeVar("M", bound=BaseModel)

Handler = Callable[[M, Delivery], Awaitable[None]]


@dataclass(frozen=True)
class Policy:
    """How a consumer is worked on.

    Attributes:
        concurrency: Handlers at the same time; a callable is asked before each fetch, 0 stops fetching.
        lease: Seconds a delivery is ours without a sign of life.
        max_deliveries: Failures after which a message is given up; None never.
        timeout: Seconds a handler may run; None without bound.
        confirm: Wait for the broker's word that it took the acknowledgement.
        transient: Exceptions that mean that a server behind us is away.
    """

    concurrency: int | Callable[[], int]
    lease: float
    max_deliveries: int | None = 5
    timeout: float | None = None
    confirm: bool = False
    transient: tuple[type[Exception], ...] = ()


class Consumer(Generic[M]):
    """Works on the messages of one declared consumer."""

    def __init__(
        self,
        bus: Bus,
        actor: str,
        spec: ConsumerSpec,
        model: type[M],
        handler: Handler[M],
        policy: Policy,
        metrics: ConsumerMetrics,
    ) -> None:
        self.name = spec.name
        self._bus, self._actor, self._model, self._handler = bus, actor, model, handler
        self._policy, self._metrics = policy, metrics
        self._puller = Puller(bus, spec, self._receive, self._room)
        self._running: dict[MessageKey, tuple[Delivery, asyncio.Task[None]]] = {}
        self._done: Memory[bool] = Memory()
        self._failures: Memory[int] = Memory()
        self._draining = False
        self._reconnected = asyncio.Event()
        metrics.in_flight.set_function(lambda: len(self._running))
        bus.on_connection_change(self._reconnected.set)

    @property
    def fault(self) -> str | None:
        """What is wrong with the consumer at the broker; None if nothing is."""
        return self._puller.fault

    @property
    def lease(self) -> float:
        """Seconds a delivery is ours without a sign of life."""
        return self._policy.lease

    @property
    def in_flight(self) -> int:
        """Handlers running now."""
        return len(self._running)

    async def pull(self, beat: Callable[[], None]) -> None:
        """Fetch and start handlers until `drain`."""
        await self._puller.run(beat)

    async def heartbeat(self, beat: Callable[[], None]) -> None:
        """Keep what is worked on ours, three times a lease and after every return of the broker, for ever."""
        while True:
            beat()
            try:
                async with asyncio.timeout(self._policy.lease / 3):
                    await self._reconnected.wait()
            except TimeoutError:
                pass
            self._reconnected.clear()
            if self._bus.is_connected:
                for delivery, _ in list(self._running.values()):
                    await delivery.in_progress()

    async def drain(self, grace: float) -> None:
        """Stop fetching; after `grace` seconds cancel running handlers and hand their messages back."""
        self._draining = True
        await self._puller.stop()
        tasks = [task for _, task in self._running.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _room(self) -> int:
        limit = self._policy.concurrency
        return 0 if self._draining else (limit() if callable(limit) else limit) - len(self._running)

    def _receive(self, msg: Msg) -> None:
        delivery = Delivery(msg)
        key = delivery.key
        self._metrics.deliveries.inc()
        if key in self._running:
            self._running[key][0].renewed(msg)
            return
        fits = self._room() > 0
        if delivery.deliveries > 1:
            self._metrics.redeliveries.inc()
        task = asyncio.create_task(self._work(delivery, fits), name=f"{self.name}-{delivery.sequence}")
        self._running[key] = (delivery, task)
        task.add_done_callback(lambda _: self._finished(key))

    def _finished(self, key: MessageKey) -> None:
        del self._running[key]
        self._puller.wake()

    async def _work(self, delivery: Delivery, fits: bool) -> None:
        try:
            if not fits:  # we are draining, or may do less at a time since it was asked for
                await delivery.nak()
            elif delivery.key in self._done:  # only its acknowledgement was lost
                await self._acknowledge(delivery)
            else:
                await self._attempt(delivery)
        except asyncio.CancelledError:
            await delivery.nak()
            raise
        except Exception:
            log.exception("delivery not settled", consumer=self.name, subject=delivery.subject)

    async def _attempt(self, delivery: Delivery) -> None:
        started = time.perf_counter()
        try:
            message = self._model.model_validate_json(delivery.data)
            await self._handle(message, delivery)
        except Exception as error:
            await self._fail(delivery, error)
        else:
            self._done.put(delivery.key, True)
            self._failures.forget(delivery.key)
            await self._acknowledge(delivery)
        finally:
            self._metrics.seconds.observe(time.perf_counter() - started)

    async def _handle(self, message: M, delivery: Delivery) -> None:
        if self._policy.timeout is None:
            await self._handler(message, delivery)
            return
        limit = asyncio.timeout(self._policy.timeout)
        try:
            async with limit:
                await self._handler(message, delivery)
        except TimeoutError:
            if not limit.expired():
                raise
            raise HandlerTimeoutError(f"still running after {self._policy.timeout:g} s") from None

    async def _acknowledge(self, delivery: Delivery) -> None:
        try:
            await delivery.ack(confirmed=self._policy.confirm)
        except (TimeoutError, nats.errors.Error) as error:  # comes again, and is then only acknowledged
            log.warning("acknowledgement not confirmed", subject=delivery.subject, error=repr(error))
        self._metrics.handled.inc()

    async def _fail(self, delivery: Delivery, error: Exception) -> None:
        failures = self._failures.get(delivery.key, 0)
        verdict = judge(error, failures, self._policy.max_deliveries, self._policy.transient)
        self._metrics.failed(reason_of(error))
        log_failure(self.name, delivery, verdict, error)
        match verdict:
            case Again():
                self._failures.put(delivery.key, failures + verdict.counted)
                await delivery.nak(verdict.delay)
            case Bury():
                await self._bury(delivery, verdict.reason)

    async def _bury(self, delivery: Delivery, reason: str) -> None:
        if delivery.subject.startswith(dead_letter("")):  # no letters about letters: it would never end
            await delivery.nak(LONGEST_DELAY)
            return
        try:
            await post_letter(self._bus, self._actor, delivery, reason)
        except UnavailableError:
            await delivery.nak(5.0)
            return
        self._metrics.dead.inc()
        await delivery.term()


def log_failure(consumer: str, delivery: Delivery, verdict: Again | Bury, error: Exception) -> None:
    """One line for each handler that raised; with a traceback where it was a surprise."""
    facts = {"consumer": consumer, "subject": delivery.subject, "deliveries": delivery.deliveries}
    match verdict:
        case Again(delay=delay, reason=reason, counted=counted):
            log.info(
                "again later",
                **facts,
                reason=reason,
                delay=round(delay, 2),
                exc_info=error if counted else None,
            )
        case Bury(reason=reason):
            log.error("given up", **facts, reason=reason, exc_info=error)
