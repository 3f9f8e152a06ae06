"""D servers that run whatever a fair queue releases, event by event, and keep a log of the service given."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush

from scheduler.fairqueue import FairQueue, Key, Past, Terms, Work, ahead


@dataclass
class Machine:
    """Runs segments of known true cost; a row of `log`: time, backlogged users, service by user.

    A row of `running`: end, place in `served` and `past` counted from 1, start, segment. What an agent had done when
    it died is no service.
    """

    slots: int
    costs: dict[Key, float]
    terms: dict[str, Terms]
    queue: FairQueue = field(default_factory=FairQueue)
    now: float = 0.0
    running: list[tuple[float, int, float, Work]] = field(default_factory=list)
    served: list[Key] = field(default_factory=list)
    past: list[Past] = field(default_factory=list)
    waiting: dict[Key, Work] = field(default_factory=dict)
    work: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    log: list[tuple[float, frozenset[str], dict[str, float]]] = field(default_factory=list)

    def submit(self, work: Work) -> None:
        assert self.queue.submit(work, self.terms[str(work.user)])
        self.waiting[work.key] = work

    def fill(self) -> None:
        """Start segments until every slot is busy or nobody may be served."""
        while len(self.running) < self.slots and (work := self.queue.next()) is not None:
            self.served.append(work.key)
            del self.waiting[work.key]
            weight = self.terms[str(work.user)].weight
            self.past.append(Past(work.user, weight, work.estimate, float(len(self.served))))
            heappush(self.running, (self.now + self.costs[work.key], len(self.served), self.now, work))

    def step(self) -> Work | None:
        """Fill the slots, let the next segment end, note what everyone got."""
        self.fill()
        self.note()
        if not self.running:
            return None
        end, number, start, work = heappop(self.running)
        self.now = end
        for _, _, since, other in self.running:
            self.queue.observe(other.key, end - since)
        self.work[str(work.user)] += end - start
        assert self.queue.finish(work.key, end - start)
        self._charge(number, end - start)
        return work

    def lose(self) -> None:
        """The agent dies whose segment would have ended last; the segment waits again."""
        if self.running:
            last = max(self.running)
            self.running.remove(last)
            heapify(self.running)
            _, number, _, work = last
            assert self.queue.retry(work.key, 0.0)
            self.waiting[work.key] = work
            self._charge(number, 0.0)

    def crash(self) -> None:
        """The scheduler dies, and another rebuilds the queue of what rows tell."""
        self.queue = FairQueue()
        self.queue.resume(ahead(self.past))
        for _, _, _, work in self.running:
            assert self.queue.restore(work, self.terms[str(work.user)])
        for work in sorted(self.waiting.values(), key=lambda work: (work.order, str(work.key))):
            assert self.queue.submit(work, self.terms[str(work.user)])

    def run(self) -> None:
        while self.step() is not None:
            pass

    def note(self) -> None:
        got = dict(self.work)
        for _, _, start, work in self.running:
            got[str(work.user)] = got.get(str(work.user), 0.0) + self.now - start
        backlogged = frozenset(str(flow.user) for flow in self.queue.flows() if flow.backlog)
        self.log.append((self.now, backlogged, got))

    def _charge(self, number: int, seconds: float) -> None:
        self.past[number - 1] = replace(self.past[number - 1], seconds=seconds)


def worst_lag(machine: Machine, first: str, second: str) -> float:
    """Largest |W_i/w_i - W_j/w_j| over any interval in which both have work waiting all the time."""
    worst = low = high = 0.0
    together = False
    for _, backlogged, got in machine.log:
        both = {first, second} <= backlogged
        if both or together:  # the row that ends an interval belongs to it
            ahead_by = (
                got.get(first, 0.0) / machine.terms[first].weight
                - got.get(second, 0.0) / machine.terms[second].weight
            )
            low, high = (min(low, ahead_by), max(high, ahead_by)) if together else (ahead_by, ahead_by)
            worst = max(worst, high - low)
        together = both
    return worst
