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
    """Where a job lies: virtual time of its next release and of its end, and GPU seconds of its user before that."""

    start: float
    end: float
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
        self._last: dict[Hashable, _Place] = {}
        self._changes = [0.0] * _BUCKETS
        self._segments, self._seconds = 0, 0.0
        self._weights: list[float] = []
        self._sums: list[float] = []

    def add(self, flow: Flow, runs: Iterable[Run]) -> None:
        """Take in a user with what waits of his."""
        terms, tag = flow.terms, max(flow.tag, self._virtual_time)
        begin, seconds = tag, 0.0
        for run in runs:
            cost = run.count * run.seconds
            seconds += cost
            place = _Place(tag, tag + cost / terms.weight, seconds, terms.cap)
            self._places[run.job] = self._last[flow.user] = place
            self._segments += run.count
            tag = place.end
        if terms.cap and seconds:
            self._seconds += seconds
            self._changes[self._bucket(begin)] += terms.weight
            self._changes[self._bucket(tag)] -= terms.weight

    def settle(self) -> None:
        """Everyone was added."""
        self._weights = list(accumulate(self._changes))
        steps = (
            weight * (after - before)
            for weight, before, after in zip(self._weights, _EDGES, _EDGES[1:], strict=False)
        )
        self._sums = [0.0, *accumulate(steps)]

    def of(self, job: Hashable) -> FarSight | None:
        """What is expected of a job; None where it does not wait, or its user is paused."""
        place = self._places.get(job)
        return self._see(place) if place is not None and place.cap else None

    def suppose(self, what_if: Hypothesis) -> FarSight | None:
        """What would be expected of a job that is submitted now."""
        last = self._last.get(what_if.user)
        start, before = (last.end, last.seconds) if last else (self._virtual_time, 0.0)
        cost = what_if.count * what_if.seconds
        if not what_if.terms.cap:
            return None
        end = start + cost / what_if.terms.weight
        sight = self._see(_Place(start, end, before + cost, what_if.terms.cap))
        return FarSight(sight.position, sight.starts, sight.ends + cost / self._slots)

    def _see(self, place: _Place) -> FarSight:
        own_pace = min(place.cap, self._slots)
        mean = self._seconds / self._segments if self._segments else 1.0
        slower = (1.0 + self._overhead / mean) / self._slots
        before = self._served(place.start)
        return FarSight(
            position=round(before / mean),
            starts=self._busy / self._slots + before * slower,
            ends=max(self._busy / self._slots + self._served(place.end) * slower, place.seconds / own_pace),
        )

    def _served(self, virtual_time: float) -> float:
        """GPU seconds that everyone is served until then."""
        place = self._bucket(virtual_time)
        beyond = virtual_time - self._virtual_time - _EDGES[place]
        return max(self._sums[place] + self._weights[place] * beyond, 0.0)

    def _bucket(self, virtual_time: float) -> int:
        distance = max(virtual_time - self._virtual_time, 0.0)
        return min(int(log1p(distance / _FIRST) / _GROWTH), _BUCKETS - 1)
