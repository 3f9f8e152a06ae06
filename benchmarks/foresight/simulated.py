"""Forecasts in the simulator, where the truth is known."""

from collections.abc import Iterable
from random import Random

from benchmarks.foresight.score import Life, Told
from benchmarks.simulation import loads
from benchmarks.simulation.machine import Arrival, Change, Load, Machine
from scheduler.estimate import CostClass, Estimates
from scheduler.fairqueue import HORIZON, FairQueue, Key, Outlook, Running, Work
from scheduler.fairqueue.fluid import Fluid

_KIND = CostClass("default", "simulated", 720, "")
_ORDER = 1e-9
_SHORTEST = 0.25  # seconds between two looks, however many come
_ASSUMED = 2.0  # GPU seconds of a segment, before the first was measured


def closed(users: int, slots: int, segments: int, cost: loads.Cost, seed: int) -> Load:
    """Users of every tier submit a job each within ten seconds; nobody comes later."""
    random = Random(seed)
    arrivals: list[Arrival] = []
    for n in range(users):
        tier = random.choice(list(loads.TIERS))
        count = random.randint(1, 2 * segments)
        arrivals += loads.job(
            f"{tier}-{n}", loads.TIERS[tier], count, cost, random, random.uniform(0.0, 10.0)
        )
    return Load(arrivals, [Change(0.0, slots)])


def open_ended(jobs: int, slots: int, segments: int, use: float, seed: int) -> Load:
    """Users come at random, so many that a part `use` of the slots is busy on average; costs are unknown."""
    random, time, arrivals = Random(seed), 0.0, list[Arrival]()
    for n in range(jobs):
        time += random.expovariate(use * slots / (1.2 * segments))
        tier = random.choice(list(loads.TIERS))
        count = random.randint(1, 2 * segments)
        arrivals += loads.job(f"{tier}-{n}", loads.TIERS[tier], count, loads.unknown, random, time)
    return Load(arrivals, [Change(0.0, slots)])


class Watched:
    """Runs a load under the fair queue and asks it what will be, every `every` seconds and at each arrival."""

    def __init__(self, load: Load, slots: int, every: float) -> None:
        self._estimates = Estimates(_ASSUMED)
        self._queue = _Learning(self._estimates)
        self._machine = Machine(self._queue, load, sampled=False)
        self._slots, self._every = slots, every
        self._lives = {one.work.job: Life(one.time) for one in load.arrivals}
        self._due = 0.0
        self._seen: set[object] = set()

    def run(self) -> Iterable[Life]:
        """Every job's life."""
        while self._machine.step():
            new = len(self._seen) < len(self._seen | {flow.user for flow in self._queue.flows()})
            if self._machine.now >= (self._due - self._every + _SHORTEST if new else self._due):
                self._seen |= {flow.user for flow in self._queue.flows()}
                self._ask()
                self._due = self._machine.now + self._every
        for place, one in enumerate(self._machine.trace.dispatches):
            life = self._lives[one.key[0]]
            life.starts.append(one.time + _ORDER * place)
            life.over = max(life.over, one.time + one.cost)
        return self._lives.values()

    def _ask(self) -> None:
        # Starts are told apart by their order where they are at one moment.
        time = self._machine.now + _ORDER * len(self._machine.trace.dispatches)
        now, expected = self._machine.now, self._estimates.seconds(_KIND, 1.0)
        running = [
            Running(
                run.arrival.work.user, run.arrival.work.job, max(expected - (now - run.start), 0.1 * expected)
            )
            for run in self._machine.running
        ]
        outlook = Outlook(self._queue, running, self._slots)
        outlook.advance(HORIZON)
        near, far = outlook.forecast(), self._fluid(running)
        for job, life in self._lives.items():
            sight = far.of(job)
            left = near.ends.get(job, sight.ends if sight else None)
            position = near.positions.get(job, sight.position if sight else None)
            if left is not None:
                life.told.append(Told(time, left, position))

    def _fluid(self, running: list[Running]) -> Fluid:
        fluid = Fluid(self._queue.virtual_time, self._slots, sum(run.remaining for run in running))
        for flow in self._queue.flows():
            if flow.backlog:
                fluid.add(flow, self._queue.runs(flow))
        fluid.settle()
        return fluid


class _Learning(FairQueue):
    """A fair queue that is told estimates learned from what has ended, as the scheduler's are."""

    def __init__(self, estimates: Estimates) -> None:
        super().__init__(self._estimate)
        self._estimates = estimates

    def _estimate(self, work: Work) -> float:
        return self._estimates.seconds(_KIND, 1.0)

    def finish(self, key: Key, seconds: float) -> bool:
        """Take the end in, and learn from it."""
        self._estimates.learn(_KIND, 1.0, seconds)
        return super().finish(key, seconds)
