"""Notices what nobody reports: lost attempts, overruns, agents that do not stop."""

import time
from collections.abc import Iterator

import structlog

from contracts.errors import Failure, Reason
from contracts.messages import SegmentFailed
from scheduler.board import Flight
from scheduler.lead import Lead, stop_agents
from scheduler.outcomes import Outcomes

log = structlog.get_logger()

TICK_SECONDS = 0.5
_LEASES = 3  # an attempt nobody works on for so many leases, while a slot idles, is lost
_STOP_SECONDS = 5.0  # agents stop within 2 s; after this a silent one is not waited for
_OVERTIME = 1.5  # an agent ends a segment itself when its time is up; beyond this much of it, it hangs
_SEGMENT_SECONDS = 900.0  # contracts.messages.SegmentTask.timeout_seconds

_LOST = Failure(
    reason=Reason.AGENT_LOST,
    message="The agent that worked on the segment went silent; it is run again elsewhere.",
)
_STOPPED = Failure(reason=Reason.CANCELLED, message="The job was cancelled.")


class Patrol:
    """Looks over everything in flight, every `TICK_SECONDS`."""

    def __init__(self, lead: Lead, outcomes: Outcomes) -> None:
        self._lead, self._outcomes = lead, outcomes
        self._patience = _LEASES * lead.settings.nats.lease_seconds

    async def look(self) -> None:
        """One round."""
        now = time.monotonic()
        self._charge_overruns(now)
        self._hear_busy(now)
        for report in [*self._lost(now), *self._unstoppable(now)]:
            log.warning("attempt given up", attempt=str(report.attempt_id), reason=report.failure.reason)
            await self._outcomes.report(report)
        for facts in list(self._lead.board.jobs.values()):
            if facts.stopping is not None:
                await stop_agents(self._lead.bus, facts.id)

    def _charge_overruns(self, now: float) -> None:
        for flight in self._lead.board.flights.values():
            if flight.started_at is not None:
                self._lead.board.queue(flight.pool).observe(flight.key, now - flight.started_at)

    def _hear_busy(self, now: float) -> None:
        busy = self._lead.agents.busy()
        idle = {pool: self._lead.agents.idle(pool) for pool in self._lead.board.queues}
        for flight in self._lead.board.flights.values():
            # Where no slot is idle, its message may well wait in the stream for one.
            if flight.attempt_id in busy or not idle[flight.pool]:
                flight.heard_at = now

    def _lost(self, now: float) -> Iterator[SegmentFailed]:
        for flight in list(self._lead.board.flights.values()):
            hung = flight.started_at is not None and now - flight.started_at > _OVERTIME * _SEGMENT_SECONDS
            if hung or now - flight.heard_at > self._patience:
                yield _report(flight, _LOST, retryable=True)

    def _unstoppable(self, now: float) -> Iterator[SegmentFailed]:
        for facts in list(self._lead.board.jobs.values()):
            if facts.stopping is not None and now - facts.stopping > _STOP_SECONDS:
                for flight in self._lead.board.flights_of(facts.id):
                    yield _report(flight, _STOPPED, retryable=False)


def _report(flight: Flight, failure: Failure, *, retryable: bool) -> SegmentFailed:
    return SegmentFailed(
        attempt_id=flight.attempt_id,
        job_id=flight.job_id,
        segment_index=flight.index,
        agent_id=flight.agent_id or "",
        failure=failure,
        retryable=retryable,
        agent_fault=failure is _LOST,
        gpu_seconds=flight.gpu_seconds,
    )
