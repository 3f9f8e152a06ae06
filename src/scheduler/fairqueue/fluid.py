"""When far jobs end, as if service could be divided at will.

Generalized processor sharing (Parekh and Gallager, 1993) with the weights and backlogs of a queue: virtual time grows
by D over the sum of weights of those who have work, and a user's work ends when it reaches his finish tag. Start-time
fair queueing is never further from it than a few segments, which is little against the distances it is asked for.
Caps of others are left out: where they bind, things go faster than is said.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import accumulate
from math import expm1, log1p

from scheduler.fairqueue.backlog import Run
from scheduler.fairqueue.flow import Flow
from scheduler.fairqueue.forecast import Hypothesis

_GROWTH = 0.01  # virtual time is told to one part in a hundred of its distance
_BUCKETS = 3_000  # up to 1e-3 * exp(30) s ahead
_FIRST = 1e-3  # virtual seconds


_EDGES = [_FIRST * expm1(place * _GROWTH) for place in range(_BUCKETS)]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a job lies.

    Attributes:
        start, last: Start tags of its first and last segment that wait.
        rank: Users who begin before its user does, where it is his first job; None of the others.
        each: Cost of a segment. `seconds`: of everything of the user up to the job's end.
    """

    start: float
    last: float
    rank: float | None
    each: float
    seconds: float
    cap: int


@dataclass(frozen=True, slots=True)
class FarSight:
    """What is expected of one job: `position` releases, and so many seconds, before its next; seconds to its end."""

    position: int
    starts: float
    ends: float


class Fluid:
    """Users are added one by one, which may take its time; then it is settled and asked."""

    def __init__(self, virtual_time: float, slots: int, busy_seconds: float, overhead: float = 0.0) -> None:
        """`busy_seconds` of slots are in flight still; every segment holds its slot `overhead` seconds longer."""
        self._virtual_time, self._slots, self._busy = virtual_time, slots, busy_seconds
        self._overhead = overhead
        self._places: dict[Hashable, _Place] = {}
        self._ends: dict[Hashable, tuple[float, float]] = {}
        self._changes = [0.0] * _BUCKETS
        self._comings = [0] * _BUCKETS
        self._goings = [0] * _BUCKETS
        self._segments, self._seconds = 0, 0.0
        self._weights: list[float] = []
        self._sums: list[float] = []
        self._active: list[int] = []
        self._before: list[int] = []

    def add(self, flow: Flow, runs: Iterable[Run]) -> None:
        """Take in a user with what waits of his; of equals, who came earlier is to be added earlier."""
        terms, tag, seconds = flow.terms, max(flow.tag, self._virtual_time), 0.0
        begin = self._bucket(tag)
        rank: float | None = self._comings[begin]
        for run in runs:
            step = run.seconds / terms.weight
            seconds += run.count * run.seconds
            last = tag + (run.count - 1) * step
            self._places[run.job] = _Place(tag, last, rank, run.seconds, seconds, terms.cap)
            tag, rank = last + step, None
            self._segments += run.count
        self._ends[flow.user] = tag, seconds
        if terms.cap and seconds:
            self._seconds += seconds
            end = self._bucket(tag)
            self._changes[begin] += terms.weight
            self._changes[end] -= terms.weight
            self._comings[begin] += 1
            self._goings[end] += 1

    def settle(self) -> None:
        """Everyone was added."""
        self._weights = list(accumulate(self._changes))
        steps = (
            weight * (after - before)
            for weight, before, after in zip(self._weights, _EDGES, _EDGES[1:], strict=False)
        )
        self._sums = [0.0, *accumulate(steps)]
        self._before = [0, *accumulate(self._comings)]
        self._active = [
            come - gone for come, gone in zip(self._before[1:], accumulate(self._goings), strict=True)
        ]

    def of(self, job: Hashable) -> FarSight | None:
        """What is expected of a job; None where it does not wait, or its user is paused."""
        place = self._places.get(job)
        return self._see(place) if place is not None and place.cap else None

    def suppose(self, what_if: Hypothesis) -> FarSight | None:
        """What would be expected of a job that is submitted now; None in a pause."""
        terms, step = what_if.terms, what_if.seconds / what_if.terms.weight
        start, before = self._ends.get(what_if.user, (self._virtual_time, 0.0))
        rank = None if what_if.user in self._ends else self._comings[0]
        seconds = before + what_if.count * what_if.seconds
        last = start + (what_if.count - 1) * step
        return (
            self._see(_Place(start, last, rank, what_if.seconds, seconds, terms.cap)) if terms.cap else None
        )

    def _see(self, place: _Place) -> FarSight:
        mean = self._seconds / self._segments if self._segments else 1.0
        slower = (mean + self._overhead) / self._slots
        start = self._releases(place.start, place.rank, mean)
        last = start if place.last == place.start else self._releases(place.last, None, mean)
        free = self._busy / self._slots
        own_pace = place.seconds / min(place.cap, self._slots)
        return FarSight(
            position=round(start),
            starts=free + start * slower,
            ends=max(free + last * slower + place.each + self._overhead, own_pace),
        )

    def _releases(self, virtual_time: float, rank: float | None, mean: float) -> float:
        """Segments that are released until then: what a fluid would be, and what users have begun of one more.

        Of those who have work that is half a segment each, and one of those who only come before.
        """
        bucket = self._bucket(virtual_time)
        begun = self._active[bucket] / 2 if rank is None else self._before[bucket] + rank
        return self._served(virtual_time) / mean + begun

    def _served(self, virtual_time: float) -> float:
        """GPU seconds that everyone is served until then."""
        place = self._bucket(virtual_time)
        beyond = virtual_time - self._virtual_time - _EDGES[place]
        return max(self._sums[place] + self._weights[place] * beyond, 0.0)

    def _bucket(self, virtual_time: float) -> int:
        distance = max(virtual_time - self._virtual_time, 0.0)
        return min(int(log1p(distance / _FIRST) / _GROWTH), _BUCKETS - 1)
