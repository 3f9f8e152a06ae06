"""What will happen next, found by running a sketch of the queue ahead."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import chain, count
from math import inf

from scheduler.fairqueue.backlog import Run
from scheduler.fairqueue.flow import Flow, Rank, rank_of
from scheduler.fairqueue.queue import FairQueue
from scheduler.fairqueue.work import Terms

HORIZON = 1_000


@dataclass(frozen=True, slots=True)
class Running:
    """A segment in flight that is expected to take `remaining` seconds more."""

    user: Hashable
    job: Hashable
    remaining: float


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What would be if a user submitted one more job now: `count` segments of `seconds` each."""

    user: Hashable
    terms: Terms
    job: Hashable
    count: int
    seconds: float


@dataclass(slots=True)
class Forecast:
    """What is expected if nobody comes or leaves.

    Attributes:
        positions: Job to number of segments of anyone that will be released before its next one.
        starts: Job to seconds until then.
        ends: Job to seconds until its last segment ends; jobs beyond the horizon are missing.
    """

    positions: dict[Hashable, int] = field(default_factory=dict)
    starts: dict[Hashable, float] = field(default_factory=dict)
    ends: dict[Hashable, float] = field(default_factory=dict)


def forecast(queue: FairQueue, running: Sequence[Running], slots: int, horizon: int = HORIZON) -> Forecast:
    """Run `horizon` releases ahead on `slots` slots. Changes nothing."""
    outlook = Outlook(queue, running, slots, horizon)
    outlook.advance(horizon)
    return outlook.forecast()


@dataclass(slots=True)
class _Sketch:
    """A user as he will be; `run` is what is released next of his, `entry` his valid place in a heap."""

    user: Hashable
    terms: Terms
    tag: float
    came: float
    place: float
    in_flight: int
    runs: Iterator[Run]
    run: Run | None
    entry: int = -1


_Heap = list[tuple[Rank, int, _Sketch]]


class Outlook:
    """A sketch of a queue that can be run ahead piece by piece while the queue itself goes on.

    Making it costs O(h log h) for a horizon of h releases, and every release O(log h), however many users
    wait: each release serves one user, so that nobody beyond the first h can be among them. What waits of a
    user is looked at when his turn comes, so that a sketch that was made piece by piece is of several moments.
    """

    def __init__(
        self, queue: FairQueue, running: Sequence[Running], slots: int, horizon: int = HORIZON,
        what_if: Hypothesis | None = None, overhead: float = 0.0,
    ) -> None:  # fmt: skip
        """`overhead` is added to every segment: seconds from release to release that are no GPU seconds."""
        self._found = Forecast()
        self._serial = count()
        self._sketches: dict[Hashable, _Sketch] = {}
        self._heaps: tuple[_Heap, _Heap] = ([], [])  # who may be served, and who may take what is left
        self._busy: list[tuple[float, int, Hashable]] = []
        self._until: dict[Hashable, float] = {}
        self._unfinished: set[Hashable] = set()
        self._virtual_time = queue.virtual_time
        self._moment = queue.releases
        self._overhead = overhead
        self._now = 0.0
        self._horizon = self._left = horizon
        self._released = 0
        self._free = slots - len(running)  # below 0 where some are held in reserve
        for run in running:
            self._occupy(run.user, run.job, run.remaining)
        self._queue = queue
        self._coming = [queue.first_ready(horizon)[::-1], queue.first_spare(horizon)[::-1]]
        self._draw_running(running)
        if what_if is not None:
            self._suppose(what_if)

    def advance(self, releases: int) -> bool:
        """Run so many releases further. False where the horizon, or the end of all work, is reached."""
        for _ in range(min(releases, self._left)):
            if not self._release_next():
                self._left = 0
                break
            self._left -= 1
        return self._left > 0

    @property
    def is_cut_short(self) -> bool:
        """Whether the horizon was reached while something waited still."""
        return self._released == self._horizon and bool(self._unfinished or self._first(0) or self._first(1))

    def knows(self, job: Hashable) -> bool:
        """Whether the end of a job was reached already."""
        return job in self._until and job not in self._unfinished

    def forecast(self) -> Forecast:
        """What was found so far."""
        self._found.ends = {job: until for job, until in self._until.items() if self.knows(job)}
        return self._found

    def _draw_running(self, running: Sequence[Running]) -> None:
        for run in running:
            flow = self._queue.flow(run.user)
            if flow is not None and flow.backlog.has(run.job):
                self._unfinished.add(run.job)
            if flow is not None:
                self._draw(flow)

    def _draw(self, flow: Flow) -> None:
        if flow.user not in self._sketches and flow.backlog:
            runs = self._queue.runs(flow)
            sketch = self._sketches[flow.user] = _Sketch(
                flow.user, flow.terms, flow.tag, flow.came, flow.place, self._queue.in_flight_of(flow.user),
                runs, next(runs, None),
            )  # fmt: skip
            self._stand(sketch)

    def _suppose(self, what_if: Hypothesis) -> None:
        run, flow = Run(what_if.job, what_if.count, what_if.seconds), self._queue.flow(what_if.user)
        if flow is not None:
            self._draw(flow)
        sketch = self._sketches.get(what_if.user)
        if sketch is not None:
            sketch.runs = chain(sketch.runs, [run])
            return
        tag = max(self._virtual_time, flow.tag if flow else 0.0)
        in_flight = self._queue.in_flight_of(what_if.user)
        sketch = _Sketch(what_if.user, what_if.terms, tag, self._moment, inf, in_flight, iter(()), run)
        self._sketches[what_if.user] = sketch
        self._stand(sketch)

    def _stand(self, sketch: _Sketch) -> None:
        if sketch.run is None:
            return
        terms, sketch.entry = sketch.terms, next(self._serial)
        step = sketch.run.seconds / terms.weight
        entry = (rank_of(sketch.tag, sketch.came, step, sketch.place), sketch.entry, sketch)
        if sketch.in_flight < terms.cap:
            heappush(self._heaps[0], entry)
        elif terms.burst and terms.cap:
            heappush(self._heaps[1], entry)

    def _release_next(self) -> bool:
        while True:
            sketch = self._due() if self._free > 0 else None
            if sketch is not None:
                self._release(sketch)
                return True
            if not self._busy:
                return False
            self._end_next()

    def _due(self) -> _Sketch | None:
        return self._first(0) or self._first(1)

    def _first(self, which: int) -> _Sketch | None:
        """Who is next of a heap, where users come in who were not looked at yet."""
        heap, coming = self._heaps[which], self._coming[which]
        while True:
            while heap and heap[0][1] != heap[0][2].entry:
                heappop(heap)
            if not coming or (heap and heap[0][0] < coming[-1][0]):
                return heap[0][2] if heap else None
            self._draw(coming.pop()[1])

    def _release(self, sketch: _Sketch) -> None:
        run = sketch.run
        assert run is not None  # nobody without a run stands in a heap
        self._virtual_time = sketch.tag
        if run.job not in self._found.positions:
            self._found.positions[run.job], self._found.starts[run.job] = self._released, self._now
            self._unfinished.add(run.job)
        self._released += 1
        self._free -= 1
        self._occupy(sketch.user, run.job, self._now + run.seconds + self._overhead)
        sketch.tag += run.seconds / sketch.terms.weight
        sketch.came = inf
        sketch.in_flight += 1
        run.count -= 1
        if not run.count:
            self._unfinished.discard(run.job)
            sketch.run = next(sketch.runs, None)
        sketch.entry = -1
        self._stand(sketch)

    def _occupy(self, user: Hashable, job: Hashable, until: float) -> None:
        heappush(self._busy, (until, next(self._serial), user))
        self._until[job] = max(until, self._until.get(job, 0.0))

    def _end_next(self) -> None:
        self._now, _, user = heappop(self._busy)
        self._free += 1
        sketch = self._sketches.get(user)
        if sketch is not None:
            sketch.in_flight -= 1
            if sketch.in_flight == sketch.terms.cap - 1:
                self._lift(sketch)
                self._stand(sketch)

    def _lift(self, sketch: _Sketch) -> None:
        first = self._first(0)
        present = self._virtual_time if first is None else min(self._virtual_time, first.tag)
        if sketch.tag <= present:
            sketch.tag, sketch.came, sketch.place = present, self._moment + self._released, inf
