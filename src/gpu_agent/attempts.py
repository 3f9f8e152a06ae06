"""From a task to a stored segment: what the agent does about one attempt."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import structlog

from bus.actor import Delivery
from bus.backoff import delays
from contracts.errors import Reason, UnavailableError, VisageError, WorkError
from contracts.messages import FaceRef, SegmentTask
from gpu_agent.cancellation import Cancellations
from gpu_agent.child import Child
from gpu_agent.reports import Reports, Speaker
from gpu_agent.slots import Slots
from gpu_agent.wire import FaceSource, Order, Outcome
from storage.objects import ObjectStore, Stored

T = TypeVar("T")

_log = structlog.get_logger()

# Handed out more often, a segment has outlived as many agents: it is the segment.
_MOST_DELIVERIES = 3
# What presigned URLs live beyond the attempt's own time.
_URL_SECONDS = 300


class Attempts:
    """Works on the attempts handed to this agent.

    Attributes:
        agent_id: Name of the agent.
        busy: Attempts that run now.
    """

    def __init__(
        self,
        agent_id: str,
        bus: Speaker,
        store: ObjectStore,
        slots: Slots,
        scratch: Path,
        cancellations: Cancellations,
    ) -> None:
        """Everything an attempt needs; `scratch` is a folder for unfinished segments."""
        self.agent_id = agent_id
        self._bus = bus
        self._store = store
        self._slots = slots
        self._scratch = scratch
        self._cancellations = cancellations
        self.busy: set[UUID] = set()

    async def handle(self, task: SegmentTask, delivery: Delivery) -> None:
        """Make one segment and report. Returns when the report is stored, whatever it says.

        An attempt that is handed out twice is made twice: its reports have one id, its object one key.
        """
        reports = Reports(self._bus, self.agent_id, task)
        self.busy.add(task.attempt_id)
        try:
            await self._attempt(task, delivery, reports)
        except VisageError as error:
            _log.warning(
                "agent.attempt_failed", attempt=task.attempt_id, reason=error.reason, said=str(error)
            )
            await reports.failed(error)
        finally:
            self.busy.discard(task.attempt_id)

    async def _attempt(self, task: SegmentTask, delivery: Delivery, reports: Reports) -> None:
        if delivery.deliveries > _MOST_DELIVERIES:
            message = f"{delivery.deliveries - 1} agents were lost while they worked on the segment."
            raise WorkError(Reason.AGENT_LOST, message, retryable=False)
        if self._cancellations.covers(task.job_id, published_ns=delivery.key[2]):
            raise _cancelled()
        await reports.started(delivery.deliveries)
        outcome, stored = await self._unless_cancelled(task, reports)
        await reports.done(outcome, stored.size, stored.sha256)

    async def _unless_cancelled(self, task: SegmentTask, reports: Reports) -> tuple[Outcome, Stored]:
        begun = time.time_ns()
        work = asyncio.create_task(self._make(task, reports))
        with self._cancellations.watching(task.job_id, work):
            try:
                return await work
            except asyncio.CancelledError:
                if self._cancellations.covers(task.job_id, begun):
                    raise _cancelled() from None
                raise  # we are told to stop: the message is handed back

    async def _make(self, task: SegmentTask, reports: Reports) -> tuple[Outcome, Stored]:
        output = self._scratch / f"{task.attempt_id}{Path(task.output_key).suffix}"
        try:
            async with self._slots.lend() as child, reports.announcing():
                outcome = await _patiently(
                    lambda: self._run(child, task, output, reports), task.timeout_seconds
                )
            return outcome, await _patiently(
                lambda: self._store.put(task.output_key, output), task.timeout_seconds
            )
        finally:
            with suppress(FileNotFoundError):
                output.unlink()

    async def _run(self, child: Child, task: SegmentTask, output: Path, reports: Reports) -> Outcome:
        return await child.run(await self._order(task, output), reports.heard)

    async def _order(self, task: SegmentTask, output: Path) -> Order:
        seconds = int(task.timeout_seconds) + _URL_SECONDS
        return Order(
            task=task,
            source_url=await self._store.presigned_get(task.source_key, seconds),
            faces=[await self._face(face, seconds) for face in task.faces],
            output=str(output),
        )

    async def _face(self, face: FaceRef, seconds: int) -> FaceSource:
        url = await self._store.presigned_get(face.key, seconds)
        return FaceSource(face_id=face.face_id, url=url, points=face.points)


async def _patiently(step: Callable[[], Awaitable[T]], seconds: float) -> T:
    """The step's result; while the object store is away it is tried again, for so many seconds."""
    deadline = time.monotonic() + seconds
    for pause in delays(0.5, 5.0):
        try:
            return await step()
        except UnavailableError:
            if time.monotonic() + pause > deadline:
                raise
            _log.warning("agent.store_away", again_in=round(pause, 2))
        await asyncio.sleep(pause)
    raise AssertionError("delays() never ends")


def _cancelled() -> WorkError:
    return WorkError(Reason.CANCELLED, "The job was cancelled.", retryable=False)
