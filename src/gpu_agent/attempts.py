"""From a task to a stored segment: what the agent does about one attempt."""

import asyncio
import time
from uuid import UUID

import structlog

from bus.actor import Delivery, Later
from bus.topology.declared import AGENT_TTL
from contracts.errors import Reason, UnavailableError, VisageError, WorkError
from contracts.messages import SegmentTask
from gpu_agent.cancellation import Cancellations
from gpu_agent.makers import Made, Makers
from gpu_agent.post import Post
from gpu_agent.reports import Reports
from storage import keys

_log = structlog.get_logger()

# Handed out more often, a segment may be what its agents die of.
_UNSUSPECTED = 3
# After this long the scheduler knows which agents died, and has stopped a segment that kills them.
_HEARING_SECONDS = AGENT_TTL + 2.0
# A second attempt is left to other agents so many times, so often.
_OFFERS = 2
_OFFER_SECONDS = 0.3


class Attempts:
    """Works on the attempts handed to this agent.

    Attributes:
        agent_id: Name of the agent.
        busy: Attempts that run now.
    """

    def __init__(
        self,
        post: Post,
        makers: Makers,
        cancellations: Cancellations,
    ) -> None:
        """Everything an attempt needs; `makers` do the work, `post` tells of it."""
        self.agent_id = post.agent_id
        self._post = post
        self._makers = makers
        self._cancellations = cancellations
        self.busy: set[UUID] = set()

    async def handle(self, task: SegmentTask, delivery: Delivery) -> None:
        """Make one segment and report. Returns when the report is stored, whatever it says.

        An attempt that is handed out twice is made twice, into two objects. Told to stop, the agent hands the
        attempt back by a report; without a broker, by the end of its lease.

        Raises:
            Later: It is for another agent.
        """
        if task.avoid_agent == self.agent_id and delivery.deliveries <= _OFFERS:
            raise Later(_OFFER_SECONDS)
        reports = Reports(self._post, task)
        self.busy.add(task.attempt_id)
        try:
            await self._attempt(_marked(task, reports), delivery, reports)
        except VisageError as error:
            _log.warning(
                "agent.attempt_failed", attempt=task.attempt_id, reason=error.reason, said=str(error)
            )
            await reports.failed(error)
        except asyncio.CancelledError:
            await _hand_back(reports)
        finally:
            self.busy.discard(task.attempt_id)

    async def _attempt(self, task: SegmentTask, delivery: Delivery, reports: Reports) -> None:
        if self._cancellations.covers(task, published_ns=delivery.key[2]):
            raise _cancelled()
        told = reports.started(delivery.deliveries)
        pause = 0.0
        if delivery.deliveries > _UNSUSPECTED:
            await told  # should we die of it, the scheduler knows
            pause = _HEARING_SECONDS
        made = await self._unless_cancelled(task, reports, pause)
        await reports.done(made.outcome, made.stored)

    async def _unless_cancelled(self, task: SegmentTask, reports: Reports, pause: float) -> Made:
        begun = time.time_ns()
        work = asyncio.create_task(self._make(task, reports, pause))
        with self._cancellations.watching(task, work):
            try:
                return await work
            except asyncio.CancelledError:
                if self._cancellations.covers(task, begun):
                    raise _cancelled() from None
                raise  # we are told to stop

    async def _make(self, task: SegmentTask, reports: Reports, pause: float) -> Made:
        if pause:
            await asyncio.sleep(pause)
            reports.restart_clock()
        return await self._makers.of(task.engine).make(task, reports)


def _marked(task: SegmentTask, reports: Reports) -> SegmentTask:
    """The task with an object of its own for this beginning: what is merged never changes under the merger."""
    return task.model_copy(update={"output_key": keys.begun(task.output_key, reports.mark)})


async def _hand_back(reports: Reports) -> None:
    try:
        await reports.handed_back()
    except UnavailableError:
        raise asyncio.CancelledError from None  # the message is handed back instead


def _cancelled() -> WorkError:
    return WorkError(Reason.CANCELLED, "The attempt was cancelled.", retryable=False)
