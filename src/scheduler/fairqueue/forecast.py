"""What will happen next, found by running a sketch of the queue ahead."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush, nsmallest
from itertools import count

from scheduler.fairqueue.flow import Flow
from scheduler.fairqueue.queue import FairQueue


@dataclass(frozen=True, slots=True)
class Running:
    """A segment in flight that is expected to take `remaining` seconds more."""

    user: Hashable
    job: Hashable
    remaining: float


@dataclass(slots=True)
class Forecast:
    """What is expected if nobody comes or leaves.

    Attributes:
        positions: Job to number of segments of anyone that will be released before its next one.
        ends: Job to seconds until its last segment ends; jobs beyond the horizon are missing.
    """

    positions: dict[Hashable, int] = field(default_factory=dict)
    ends: dict[Hashable, float] = field(default_factory=dict)


def forecast(queue: FairQueue, running: Sequence[Running], slots: int, horizon: int = 2000) -> Forecast:
    """Run `horizon` releases ahead on `slots` slots, in O(users + horizon log users). Changes nothing."""
    return _Ahead(queue, running, slots).run(horizon)


@dataclass(slots=True)
class _Run:
    """Equal segments of a job that wait."""

    job: Hashable
    count: int
    seconds: float


@dataclass(slots=True)
class _Sketch:
    """A flow as it will be; the next of `runs` is last, `entry` its valid place in a heap."""

    flow: Flow
    tag: float
    in_flight: int
    runs: list[_Run]
    entry: int = -1


class _Ahead:
    def __init__(self, queue: FairQueue, running: Sequence[Running], slots: int) -> None:
        self._found = Forecast()
        self._serial = count()
        self._flows = [flow for flow in queue.flows() if flow.backlog]
        self._sketches: dict[Hashable, _Sketch] = {}
        self._ready: list[tuple[float, bool, int, _Sketch]] = []
        self._spare: list[tuple[float, bool, int, _Sketch]] = []
        self._busy: list[tuple[float, int, Hashable]] = []
        self._released = 0
        self._free = max(slots - len(running), 0)
        for run in running:
            self._occupy(run.user, run.job, run.remaining)

    def run(self, horizon: int) -> Forecast:
        # Each release serves one user: whoever is beyond the first `horizon` tags is not among them.
        for flow in nsmallest(horizon, self._flows, key=lambda flow: (flow.tag, flow.place)):
            self._stand(self._sketch(flow))
        now = 0.0
        while self._released < horizon:
            if self._free and (sketch := self._due()) is not None:
                self._release(sketch, now)
            elif self._busy:
                now = self._end_next()
            else:
                break
        self._forget_unfinished()
        return self._found

    def _forget_unfinished(self) -> None:
        for flow in self._flows:
            sketch = self._sketches.get(flow.user)
            for job in [run.job for run in sketch.runs] if sketch else flow.backlog.jobs():
                self._found.ends.pop(job, None)

    def _sketch(self, flow: Flow) -> _Sketch:
        runs = [_Run(*run) for run in flow.backlog.runs()][::-1]
        sketch = self._sketches[flow.user] = _Sketch(flow, flow.tag, flow.in_flight, runs)
        return sketch

    def _stand(self, sketch: _Sketch) -> None:
        terms = sketch.flow.terms
        sketch.entry = next(self._serial)
        entry = (sketch.tag, not sketch.flow.fresh, sketch.entry, sketch)
        if sketch.in_flight < terms.cap:
            heappush(self._ready, entry)
        elif terms.burst and terms.cap:
            heappush(self._spare, entry)

    def _due(self) -> _Sketch | None:
        for heap in (self._ready, self._spare):
            while heap:
                _, _, entry, sketch = heappop(heap)
                if entry == sketch.entry:
                    return sketch
        return None

    def _release(self, sketch: _Sketch, now: float) -> None:
        run = sketch.runs[-1]
        self._found.positions.setdefault(run.job, self._released)
        self._released += 1
        self._free -= 1
        self._occupy(sketch.flow.user, run.job, now + run.seconds)
        sketch.tag += run.seconds / sketch.flow.terms.weight
        sketch.in_flight += 1
        run.count -= 1
        if not run.count:
            sketch.runs.pop()
        if sketch.runs:
            self._stand(sketch)

    def _occupy(self, user: Hashable, job: Hashable, until: float) -> None:
        heappush(self._busy, (until, next(self._serial), user))
        self._found.ends[job] = max(until, self._found.ends.get(job, 0.0))

    def _end_next(self) -> float:
        now, _, user = heappop(self._busy)
        self._free += 1
        sketch = self._sketches.get(user)
        if sketch is not None:
            sketch.in_flight -= 1
            if sketch.runs and sketch.in_flight == sketch.flow.terms.cap - 1:
                self._stand(sketch)
        return now
