"""What the leading scheduler knows: jobs that go on, segments that wait, attempts in flight."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from uuid import UUID

from contracts.media import EncodeSpec, MediaKind
from contracts.messages import FaceRef, PersonRef, WeightsRef
from contracts.states import JobState
from scheduler.estimate import CostClass, Estimates
from scheduler.fairqueue import Census, FairQueue, Key, Terms, Work
from scheduler.flight import Flight
from scheduler.ledger import Ledger

__all__ = ["Board", "Flight", "JobFacts"]


@dataclass(slots=True)
class JobFacts:
    """A planned job.

    Attributes:
        order: Time of submission, seconds since 1970.
        seconds: Source seconds of each segment by index; the cost of a segment is estimated by them.
        frames_done: Frames of done segments.
        stopping: When the job was first seen to be cancelled or failed with attempts in flight, in seconds of
            the monotonic clock.
    """

    id: UUID
    user: UUID
    terms: Terms
    state: JobState
    pool: str
    engine: str
    kind: MediaKind
    order: float
    source_key: str
    source_size: int
    stream_index: int
    time_base: Fraction
    encode: EncodeSpec
    faces: list[FaceRef]
    cost_class: CostClass
    seconds: dict[int, float]
    segments_done: int = 0
    frames_done: int = 0
    frames_total: int | None = None
    persons: list[PersonRef] = field(default_factory=list)
    weights: list[WeightsRef] = field(default_factory=list)
    stopping: float | None = None

    @property
    def segments_total(self) -> int:
        """How many segments it was cut into."""
        return len(self.seconds)

    @property
    def seconds_total(self) -> float:
        """Source seconds of all segments."""
        return sum(self.seconds.values())


_GOING_ON = (JobState.WAITING, JobState.RUNNING, JobState.CANCELLING)


class Board:
    """Everything the leader decides by. Each pool of agents has a fair queue; caps hold over all pools together.

    Attributes:
        jobs: Jobs that go on, and those that ended while an attempt of theirs is in flight.
        flights: Attempts that have not ended, by id.
        ended: Jobs that left the fair queue since somebody last emptied this list.
    """

    def __init__(self, estimates: Estimates) -> None:
        self.estimates = estimates
        self.jobs: Ledger[JobFacts] = Ledger()
        self.flights: dict[UUID, Flight] = {}
        self.queues: dict[str, FairQueue] = {}
        self.ended: list[JobFacts] = []
        self._census = Census()
        self._flying: Counter[str] = Counter()
        self._of_job: Counter[UUID] = Counter()
        self._at_segment: dict[Key, set[UUID]] = {}
        self._owed: dict[Key, float] = {}

    def queue(self, pool: str) -> FairQueue:
        """The fair queue of a pool."""
        if pool not in self.queues:
            self.queues[pool] = FairQueue(self.estimate, self._census)
        return self.queues[pool]

    def flying(self, pool: str) -> int:
        """Attempts in flight in a pool."""
        return self._flying[pool]

    def flying_of(self, job_id: UUID) -> int:
        """Attempts of a job in flight."""
        return self._of_job[job_id]

    def estimate(self, work: Work) -> float:
        """Expected GPU seconds of a segment of a known job."""
        facts = self.jobs.get(work.job) if isinstance(work.job, UUID) else None
        if facts is None:
            return work.estimate
        return self.estimates.seconds(facts.cost_class, facts.seconds[work.index])

    def work(self, facts: JobFacts, index: int) -> Work:
        """A segment as the fair queue takes it."""
        seconds = self.estimates.seconds(facts.cost_class, facts.seconds[index])
        return Work(facts.user, facts.id, index, seconds, facts.order)

    def wait(self, facts: JobFacts, index: int) -> None:
        """Let a segment stand in the fair queue."""
        self.queue(facts.pool).submit(self.work(facts, index), facts.terms)

    def attempts_at(self, key: Key) -> int:
        """Attempts at a segment in flight: two where a straggler is run a second time."""
        return len(self._at_segment.get(key, ()))

    def launch(self, flight: Flight) -> None:
        """An attempt is in flight. The fair queue charged its segment, once however many attempts fly."""
        self.flights[flight.attempt_id] = flight
        self._flying[flight.pool] += 1
        self._of_job[flight.job_id] += 1
        self._at_segment.setdefault(flight.key, set()).add(flight.attempt_id)

    def land(self, attempt_id: UUID, seconds: float, *, again: bool) -> Flight | None:
        """An attempt ended after `seconds` that count; `again` lets its segment wait. None if unknown.

        While another attempt at the segment flies, the segment does, and the seconds are charged with the last.
        """
        flight = self.flights.pop(attempt_id, None)
        if flight is None:
            return None
        self._flying[flight.pool] -= 1
        self._of_job[flight.job_id] -= 1
        self._at_segment[flight.key].discard(attempt_id)
        self.owe(flight.key, seconds)
        if not self._at_segment[flight.key]:
            self._settle(flight, again)
        self._forget_if_over(flight.job_id)
        return flight

    def owe(self, key: Key, seconds: float) -> None:
        """Charge `seconds` more when the segment lands; nothing where it does not fly."""
        if key in self._at_segment:
            self._owed[key] = self._owed.get(key, 0.0) + seconds

    def _settle(self, flight: Flight, again: bool) -> None:
        del self._at_segment[flight.key]
        seconds = self._owed.pop(flight.key, 0.0)
        queue = self.queue(flight.pool)
        if not again:
            queue.finish(flight.key, seconds)
        elif not queue.retry(flight.key, seconds) and (facts := self.jobs.get(flight.job_id)):
            self.wait(facts, flight.index)

    def end(self, job_id: UUID, state: JobState) -> None:
        """A job left the fair queue for `state`; it is forgotten once none of its attempts is in flight."""
        facts = self.jobs.get(job_id)
        if facts is not None:
            facts.state = state
            facts.stopping = time.monotonic()
            self.queue(facts.pool).cancel_job(facts.user, job_id)
            if state is not JobState.CANCELLING:
                self.ended.append(facts)
            self._forget_if_over(job_id)

    def _forget_if_over(self, job_id: UUID) -> None:
        if self._of_job[job_id]:
            return
        del self._of_job[job_id]
        facts = self.jobs.get(job_id)
        if facts is not None and facts.state not in _GOING_ON:
            del self.jobs[job_id]

    def flights_of(self, job_id: UUID) -> list[Flight]:
        """The attempts of a job in flight."""
        return [flight for flight in self.flights.values() if flight.job_id == job_id]

    def reweigh(self, changed: Mapping[UUID, Terms]) -> None:
        """Users have other terms from now on. Each costs O(log n), and O(1) for each of the user's jobs."""
        for user, terms in changed.items():
            for facts in self.jobs.of(user):
                facts.terms = terms
            for queue in self.queues.values():
                queue.reweigh(user, terms)
