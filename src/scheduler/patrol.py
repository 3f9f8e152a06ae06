"""Notices what nobody reports: agents that died, attempts that hang or vanished, agents that do not stop."""

import time
from collections.abc import Iterator
from uuid import UUID

import structlog

from bus.topology.declared import AGENT_TTL
from contracts.errors import Failure, Reason
from contracts.messages import SegmentFailed
from scheduler.board import Flight
from scheduler.lead import Lead, drop_attempt, stop_agents
from scheduler.outcomes import Outcomes
from scheduler.patience import seconds_of_patience
from scheduler.stragglers import Stragglers
from scheduler.verdicts import AgentDied

log = structlog.get_logger()

TICK_SECONDS = 0.5
_LEASES = 3  # an attempt nobody works on for so many leases, while a slot idles, is lost
_STOP_SECONDS = 1.2  # agents stop at once; after this a silent one is not waited for: it is 2 s at most
_AWAY_SECONDS = 2.0  # between two rounds: we stood still ourselves, and heard nobody
_UNWANTED_SECONDS = 2.0  # a card may list an attempt so long after its end

_LOST = Failure(
    reason=Reason.AGENT_LOST,
    message="The agent that worked on the segment went silent; it is run again elsewhere.",
)
_HUNG = Failure(
    reason=Reason.AGENT_LOST,
    message="The segment did not go forward any more; it is run again elsewhere.",
)
_STOPPED = Failure(reason=Reason.CANCELLED, message="The job was cancelled.")


class Patrol:
    """Looks over everything in flight, every `TICK_SECONDS`."""

    def __init__(self, lead: Lead, outcomes: Outcomes) -> None:
        self._lead, self._outcomes = lead, outcomes
        self._stragglers = Stragglers(lead)
        self._patience = _LEASES * lead.settings.nats.lease_seconds
        self._looked = time.monotonic()
        self._unwanted: dict[UUID, float] = {}

    async def look(self) -> None:
        """One round."""
        now = time.monotonic()
        if now - self._looked > _AWAY_SECONDS:
            for flight in self._lead.board.flights.values():
                flight.forgive(now)
        self._looked = now
        self._charge_overruns(now)
        self._hear_busy(now)
        for died in list(self._dead(now)):
            log.warning("an agent died over an attempt", attempt=str(died.attempt_id), agent=died.agent_id)
            await self._outcomes.report(died)
        for report in [*self._lost(now), *self._unstoppable(now)]:
            log.warning("attempt given up", attempt=str(report.attempt_id), reason=report.failure.message)
            await self._outcomes.report(report)
            await drop_attempt(self._lead.bus, report.attempt_id)
        await self._stop_unwanted(now)
        await self._stragglers.look(now)

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

    def _dead(self, now: float) -> Iterator[AgentDied]:
        """Agents over whose attempt another agent began, and that are gone."""
        for flight in self._lead.board.flights.values():
            ripe = [doubt for doubt in flight.doubts if now - doubt.since > AGENT_TTL]
            for doubt in ripe:
                flight.doubts.remove(doubt)
                if not self._lead.agents.lives(doubt.agent_id, doubt.life):
                    yield AgentDied(
                        attempt_id=flight.attempt_id,
                        job_id=flight.job_id,
                        segment_index=flight.index,
                        agent_id=doubt.agent_id,
                    )

    def _lost(self, now: float) -> Iterator[SegmentFailed]:
        for flight in list(self._lead.board.flights.values()):
            if now - flight.heard_at > self._patience:
                yield _report(flight, _LOST, retryable=True)
            elif flight.started_at is not None and self._hangs(flight, now - flight.moved_at):
                yield _report(flight, _HUNG, retryable=True)

    def _hangs(self, flight: Flight, still: float) -> bool:
        hang = self._lead.settings.scheduler.hang_seconds
        return still > hang and still > seconds_of_patience(self._lead.board, flight, hang)

    def _unstoppable(self, now: float) -> Iterator[SegmentFailed]:
        for facts in list(self._lead.board.jobs.values()):
            if facts.stopping is not None and now - facts.stopping > _STOP_SECONDS:
                for flight in self._lead.board.flights_of(facts.id):
                    yield _report(flight, _STOPPED, retryable=False)

    async def _stop_unwanted(self, now: float) -> None:
        """Tell again whoever works for a job that is to stop, or on an attempt that has ended."""
        board = self._lead.board
        for facts in list(board.jobs.values()):
            if facts.stopping is not None:
                await stop_agents(self._lead.bus, facts.id)
        unwanted = self._lead.agents.busy() - board.flights.keys()
        self._unwanted = {attempt: self._unwanted.get(attempt, now) for attempt in unwanted}
        for attempt, since in self._unwanted.items():
            if now - since > _UNWANTED_SECONDS:
                await drop_attempt(self._lead.bus, attempt)


def _report(flight: Flight, failure: Failure, *, retryable: bool) -> SegmentFailed:
    return SegmentFailed(
        attempt_id=flight.attempt_id,
        job_id=flight.job_id,
        segment_index=flight.index,
        agent_id=flight.agent_id or "",
        failure=failure,
        retryable=retryable,
        agent_fault=failure.reason is Reason.AGENT_LOST,
        gpu_seconds=flight.gpu_seconds,
    )
