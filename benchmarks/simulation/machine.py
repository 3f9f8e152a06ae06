"""Slots that run what a rule releases, event by event, and a trace of what happened."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from random import Random

from benchmarks.simulation.rules import Rule
from scheduler.fairqueue import Key, Past, Terms, Work


@dataclass(frozen=True, slots=True)
class Arrival:
    """A segment that is submitted at `time` and takes `cost` seconds of a slot, whatever its estimate."""

    time: float
    work: Work
    terms: Terms
    cost: float


@dataclass(frozen=True, slots=True)
class Change:
    """At `time` so many slots come, or die where `slots` is below 0, with whatever they run."""

    time: float
    slots: int


@dataclass(frozen=True, slots=True)
class Load:
    """What happens to a service from outside: segments, and agents' slots."""

    arrivals: list[Arrival]
    changes: list[Change]


Rebuild = Callable[[Sequence[Past], Sequence[Arrival], Sequence[Arrival]], Rule]
"""A rule made anew of what rows tell: recent releases, segments in flight, segments that wait, oldest first."""


@dataclass(frozen=True, slots=True)
class Crash:
    """The scheduler dies after every so many releases; its successor has nothing but rows."""

    every: int
    rebuild: Rebuild
    remembered: int = 2_000


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A segment was released at `time`; `cost` is its true cost in GPU seconds."""

    time: float
    user: str
    key: Key
    cost: float


@dataclass(frozen=True, slots=True)
class Sample:
    """At `time`: who had segments waiting, and GPU seconds each had been served, lost attempts left out."""

    time: float
    backlogged: frozenset[str]
    served: dict[str, float]


@dataclass(slots=True)
class Trace:
    """What a run left behind.

    Attributes:
        idle: Slot seconds in which a slot idled while a segment waited.
        lost: Attempts that died with their slot.
        slots: The most slots there were at a time.
    """

    dispatches: list[Dispatch] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    done: list[Key] = field(default_factory=list)
    idle: float = 0.0
    lost: int = 0
    slots: int = 0


@dataclass(slots=True)
class Run:
    """A segment that runs since `start`; `charged` once it has ended."""

    arrival: Arrival
    start: float
    number: int
    charged: float | None = None


class Machine:
    """Runs a load under a rule. Equal seeds give equal traces."""

    def __init__(
        self, rule: Rule, load: Load, seed: int = 0, sampled: bool = True, crash: Crash | None = None
    ) -> None:
        """`sampled` keeps a `Sample` of every event, at a cost of O(users) each."""
        self.trace = Trace()
        self._rule = rule
        self._random = Random(seed)
        self._sampled = sampled
        self._crash = crash
        self._past: deque[Run] = deque(maxlen=crash.remembered if crash else 0)
        self.now = 0.0
        self._free = 0
        self._running: dict[int, Run] = {}
        self._arrivals: dict[Key, Arrival] = {}
        self._waiting: Counter[str] = Counter()
        self._pending: dict[Key, Arrival] = {}
        self._served: dict[str, float] = defaultdict(float)
        self._serial = count()
        self._events: list[tuple[float, int, Arrival | Change | int]] = []
        coming: list[Arrival | Change] = [*load.changes, *load.arrivals]
        for event in coming:
            heappush(self._events, (event.time, next(self._serial), event))

    def run(self, dispatches: int | None = None) -> Trace:
        """Go on until nothing is left to happen, or until so many segments were released."""
        while (dispatches is None or len(self.trace.dispatches) < dispatches) and self.step():
            continue
        return self.trace

    @property
    def running(self) -> Collection[Run]:
        """What runs now."""
        return self._running.values()

    def step(self) -> bool:
        """Everything that happens at one moment, then as many releases as there are free slots.

        False where nothing is left to happen.
        """
        if not self._events:
            return False
        time = self._events[0][0]
        if self._waiting.total():
            self.trace.idle += self._free * (time - self.now)
        self.now = time
        while self._events and self._events[0][0] == time:
            self._happen(heappop(self._events)[2])
        for run in self._running.values():
            self._rule.observe(run.arrival.work.key, time - run.start)
        self._fill()
        if self._sampled:
            self._sample()
        return True

    def _happen(self, event: Arrival | Change | int) -> None:
        if isinstance(event, Arrival):
            self._arrivals[event.work.key] = event
            self._pending[event.work.key] = event
            self._waiting[str(event.work.user)] += 1
            self._rule.submit(event.work, event.terms)
        elif isinstance(event, Change):
            self._change(event.slots)
        elif event in self._running:
            self._end(self._running.pop(event))

    def _end(self, run: Run) -> None:
        arrival, run.charged = run.arrival, run.arrival.cost
        self._free += 1
        self._served[str(arrival.work.user)] += arrival.cost
        self._rule.finish(arrival.work.key, arrival.cost)
        self.trace.done.append(arrival.work.key)

    def _change(self, slots: int) -> None:
        self._free += max(slots, 0)
        for _ in range(min(-slots, self._free + len(self._running))):
            if self._random.randrange(self._free + len(self._running)) < self._free:
                self._free -= 1
            else:
                self._lose(self._random.choice(list(self._running)))
        self.trace.slots = max(self.trace.slots, self._free + len(self._running))

    def _lose(self, number: int) -> None:
        run = self._running.pop(number)
        work, run.charged = run.arrival.work, 0.0
        self.trace.lost += 1
        self._pending[work.key] = run.arrival
        self._waiting[str(work.user)] += 1
        self._rule.retry(work.key, 0.0)

    def _fill(self) -> None:
        while self._free and (work := self._rule.next()) is not None:
            arrival, number, user = self._arrivals[work.key], next(self._serial), str(work.user)
            self._free -= 1
            self._waiting[user] -= 1
            del self._pending[work.key]
            run = self._running[number] = Run(arrival, self.now, number)
            self._past.append(run)
            heappush(self._events, (self.now + arrival.cost, number, number))
            self.trace.dispatches.append(Dispatch(self.now, user, work.key, arrival.cost))
            if self._crash and len(self.trace.dispatches) % self._crash.every == 0:
                self._die(self._crash)

    def _die(self, crash: Crash) -> None:
        past = [
            Past(run.arrival.work.user, run.arrival.terms.weight, _charge(run), run.start)
            for run in self._past
        ]
        waiting = sorted(self._pending.values(), key=lambda one: (one.work.order, str(one.work.key)))
        self._rule = crash.rebuild(past, [run.arrival for run in self._running.values()], waiting)

    def _sample(self) -> None:
        served = dict(self._served)
        for run in self._running.values():
            user = str(run.arrival.work.user)
            served[user] = served.get(user, 0.0) + self.now - run.start
        backlogged = frozenset(user for user, waiting in self._waiting.items() if waiting)
        self.trace.samples.append(Sample(self.now, backlogged, served))


def _charge(run: Run) -> float:
    return run.arrival.work.estimate if run.charged is None else run.charged
