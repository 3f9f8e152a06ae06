"""D servers that run whatever a fair queue releases, event by event, and keep a log of the service given."""

from collections import defaultdict
from dataclasses import dataclass, field
from heapq import heappop, heappush

from scheduler.fairqueue import FairQueue, Key, Terms, Work


@dataclass
class Machine:
    """Runs segments of known true cost; a row of `log`: time, backlogged users, service by user."""

    slots: int
    costs: dict[Key, float]
    terms: dict[str, Terms]
    queue: FairQueue = field(default_factory=FairQueue)
    now: float = 0.0
    running: list[tuple[float, int, float, Work]] = field(default_factory=list)
    served: list[Key] = field(default_factory=list)
    work: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    log: list[tuple[float, frozenset[str], dict[str, float]]] = field(default_factory=list)

    def submit(self, work: Work) -> None:
        assert self.queue.submit(work, self.terms[str(work.user)])

    def fill(self) -> None:
        """Start segments until every slot is busy or nobody may be served."""
        while len(self.running) < self.slots and (work := self.queue.next()) is not None:
            self.served.append(work.key)
            heappush(self.running, (self.now + self.costs[work.key], len(self.served), self.now, work))

    def step(self) -> Work | None:
        """Fill the slots, let the next segment end, note what everyone got."""
        self.fill()
        self.note()
        if not self.running:
            return None
        end, _, start, work = heappop(self.running)
        self.now = end
        for _, _, since, other in self.running:
            self.queue.observe(other.key, end - since)
        self.work[str(work.user)] += end - start
        assert self.queue.finish(work.key, end - start)
        return work

    def run(self) -> None:
        while self.step() is not None:
            pass

    def note(self) -> None:
        got = dict(self.work)
        for _, _, start, work in self.running:
            got[str(work.user)] = got.get(str(work.user), 0.0) + self.now - start
        backlogged = frozenset(str(flow.user) for flow in self.queue.flows() if flow.backlog)
        self.log.append((self.now, backlogged, got))


def worst_lag(machine: Machine, first: str, second: str) -> float:
    """Largest |W_i/w_i - W_j/w_j| over any interval in which both have work waiting all the time."""
    worst = low = high = 0.0
    together = False
    for _, backlogged, got in machine.log:
        if {first, second} <= backlogged:
            ahead = (
                got.get(first, 0.0) / machine.terms[first].weight
                - got.get(second, 0.0) / machine.terms[second].weight
            )
            low, high = (min(low, ahead), max(high, ahead)) if together else (ahead, ahead)
            worst = max(worst, high - low)
        together = {first, second} <= backlogged
    return worst
