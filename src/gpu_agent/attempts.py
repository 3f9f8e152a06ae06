"""From a task to a stored segment: what the agent does about one attempt."""

import asyncio
import time
from uuid import UUID

import structlog

from bus.actor import Delivery
from contracts.errors import Reason, VisageError, WorkError
from contracts.messages import SegmentTask
from gpu_agent.cancellation import Cancellations
from gpu_agent.makers import Made, Makers
from gpu_agent.reports import Reports, Speaker

_log = structlog.get_logger()

# Handed out more often, a segment has outlived as many agents: it is the segment.
_MOST_DELIVERIES = 3


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
        makers: Makers,
        cancellations: Cancellations,
    ) -> None:
        """Everything an attempt needs; `makers` do the work."""
        self.agent_id = agent_id
        self._bus = bus
        self._makers = makers
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
        made = await self._unless_cancelled(task, reports)
        await reports.done(made.outcome, made.stored)

    async def _unless_cancelled(self, task: SegmentTask, reports: Reports) -> Made:
        begun = time.time_ns()
        work = asyncio.create_task(self._makers.of(task.engine).make(task, reports))
        with self._cancellations.watching(task.job_id, work):
            try:
                return await work
            except asyncio.CancelledError:
                if self._cancellations.covers(task.job_id, begun):
                    raise _cancelled() from None
                raise  # we are told to stop: the message is handed back


def _cancelled() -> WorkError:
    return WorkError(Reason.CANCELLED, "The job was cancelled.", retryable=False)
