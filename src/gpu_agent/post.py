"""What an agent says of its attempts on its way to the scheduler: what is said at about the same time goes together.

Each message of a stream costs a flush of the broker's disk, and each settlement a transaction: an agent with many
slots that ends a hundred short segments at once pays for one of them.
"""

import asyncio
import time
from contextlib import suppress
from typing import Protocol
from uuid import uuid4

from pydantic import BaseModel

from contracts import subjects
from contracts.messages import Report, SegmentReports, SegmentStarted

# Reports of one message at most: a failure with all its detail has a few KB, and a message may have 1 MB.
_MOST = 200
# That an attempt began waits so long for company, unless one ends meanwhile: nobody waits for it.
_LINGER_SECONDS = 0.02
# While many attempts end, a message begins so long after the one before for each report that was in that, at most:
# alone, the end of an attempt is told at once, and its slot is filled again.
_SPACING_SECONDS = 0.0005
_MOST_SPACING_SECONDS = 0.005
# A result is worth more than a wait: for so many seconds the broker may be away.
_PATIENCE = 900.0


class Speaker(Protocol):
    """The part of `bus.connection.Bus` that an agent speaks by."""

    async def publish(
        self, subject: str, message: BaseModel, message_id: str | None = None, *, patience: float = ...
    ) -> object:
        """Publish to a stream."""

    async def announce(self, subject: str, message: BaseModel) -> None:
        """Tell whoever listens."""


class Post:
    """Sends an agent's reports, in their order.

    Attributes:
        agent_id: Name of the agent.
    """

    def __init__(self, bus: Speaker, agent_id: str) -> None:
        self.agent_id = agent_id
        self._bus = bus
        self._waiting: list[tuple[Report, asyncio.Future[None]]] = []
        self._sending: asyncio.Task[None] | None = None
        self._urgent = asyncio.Event()
        self._next = 0.0

    def send(self, report: Report) -> asyncio.Future[None]:
        """Have a report stored for the scheduler; the future tells when it is.

        It raises UnavailableError where the broker stayed away, for a quarter of an hour.
        """
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((report, future))
        if not isinstance(report, SegmentStarted):
            self._urgent.set()
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())
        return future

    async def announce(self, subject: str, message: BaseModel) -> None:
        """Tell whoever listens now."""
        await self._bus.announce(subject, message)

    async def close(self) -> None:
        """Forget what is not sent yet: those who said it wait no more."""
        if self._sending is not None:
            self._sending.cancel()
            with suppress(asyncio.CancelledError):
                await self._sending

    async def _send(self) -> None:
        while self._waiting:
            await self._gather()
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            if self._waiting:
                self._urgent.set()
            self._next = time.monotonic() + min(_SPACING_SECONDS * len(batch), _MOST_SPACING_SECONDS)
            error = await self._publish([report for report, _ in batch])
            for _, future in batch:
                _settle(future, error)

    async def _gather(self) -> None:
        if len(self._waiting) < _MOST:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LINGER_SECONDS):
                    await self._urgent.wait()
            self._urgent.clear()
            await asyncio.sleep(self._next - time.monotonic())

    async def _publish(self, reports: list[Report]) -> Exception | None:
        subject = subjects.segment_reports(self.agent_id)
        try:
            await self._bus.publish(subject, SegmentReports(reports=reports), uuid4().hex, patience=_PATIENCE)
        except Exception as error:
            return error
        return None


def _settle(future: asyncio.Future[None], error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
        future.exception()  # of what nobody waits for, nobody need hear
