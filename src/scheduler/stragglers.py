"""A segment that takes far longer than expected is run a second time, on a slot that nobody wants."""

from collections.abc import Iterator
from uuid import uuid4

import structlog

from contracts.messages import SegmentTask
from contracts.states import JobState
from scheduler.board import Flight, JobFacts
from scheduler.lead import Lead
from scheduler.patience import is_slow
from scheduler.tasks import tasks_of
from storage.dispatch import Release
from storage.second import release_second

log = structlog.get_logger()

_LEAST_MEASURED = 3  # segments of its kind; before that an estimate says too little
_LEAST_SECONDS = 1.0  # that an attempt must have taken: less is not worth a second one


class Stragglers:
    """Starts second attempts. The first result wins; the fair queue neither charges nor counts the other."""

    def __init__(self, lead: Lead) -> None:
        self._lead = lead

    async def look(self, now: float) -> None:
        """Start what is due. Raises UnavailableError or Deposed, which end the term."""
        for flight in list(self._slow(now)):
            await self._start(flight)

    def _slow(self, now: float) -> Iterator[Flight]:
        factor = self._lead.settings.scheduler.straggler_factor
        for pool in self._lead.board.queues:
            room = self._room(pool)
            for flight in self._lead.board.flights.values() if room > 0 else ():
                if (
                    room > 0
                    and flight.pool == pool
                    and self._may_double(flight, now)
                    and is_slow(self._lead.board, flight, now, factor)
                ):
                    room -= 1
                    yield flight

    def _room(self, pool: str) -> int:
        """Slots that nobody wants."""
        board = self._lead.board
        return 0 if board.queue(pool).waiting else self._lead.agents.slots(pool) - board.flying(pool)

    def _may_double(self, flight: Flight, now: float) -> bool:
        board = self._lead.board
        facts = board.jobs.get(flight.job_id)
        return (
            facts is not None
            and facts.state is JobState.RUNNING
            and flight.started_at is not None
            and now - flight.started_at >= _LEAST_SECONDS
            and board.attempts_at(flight.key) == 1
            and board.estimates.measured(facts.cost_class) >= _LEAST_MEASURED
            and self._within_cap(facts)
            and self._lead.agents.idle(flight.pool, besides=flight.agent_id) > 0
        )

    def _within_cap(self, facts: JobFacts) -> bool:
        board = self._lead.board
        if facts.terms.burst and facts.terms.cap:
            return True
        owners = (board.jobs.get(flight.job_id) for flight in board.flights.values())
        return sum(owner is not None and owner.user == facts.user for owner in owners) < facts.terms.cap

    async def _start(self, slow: Flight) -> None:
        board, second = self._lead.board, Flight(uuid4(), slow.job_id, slow.index, slow.pool)
        board.launch(second)  # before it is written: its slot must not be given away meanwhile
        wanted = Release(second.attempt_id, second.job_id, second.index)
        released = await release_second(self._lead.fence, wanted)
        if released is None:
            board.land(second.attempt_id, 0.0, again=False)
            self._lead.wake.set()
            return
        log.info("straggler is run a second time", attempt=str(slow.attempt_id), job=str(slow.job_id))
        for subject, payload, message_id in tasks_of(board.jobs, [released]):
            task = SegmentTask.model_validate_json(payload).model_copy(update={"avoid_agent": slow.agent_id})
            await self._lead.bus.publish(subject, task, message_id)
