"""Start-time fair queueing as one would write it down: no heaps, every question answered by looking at everyone.

What `FairQueue` must do in every case, told in another way. A flow's tag moves by charge over weight. Whoever has
nothing waiting, or was kept back by his cap, begins again at virtual time.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from math import inf

from scheduler.fairqueue import Key, Terms, Work


@dataclass
class NaiveFlow:
    terms: Terms
    tag: float
    came: float
    place: int
    floor: float = 0.0
    era: int = 0
    capped: bool = False
    waiting: list[Work] = field(default_factory=list)
    flying: dict[Key, tuple[Work, float, int]] = field(default_factory=dict)

    def charge(self, seconds: float, era: int) -> None:
        step = seconds / self.terms.weight
        self.tag += step
        self.floor += step if era == self.era else 0.0
        self.tag = max(self.tag, self.floor)


class NaiveQueue:
    def __init__(self, in_flight: Counter[object] | None = None) -> None:
        """Queues that share `in_flight` share caps; whoever changes it tells the others by `look`."""
        self.flows: dict[object, NaiveFlow] = {}
        self.last = 0.0
        self.releases = 0
        self.in_flight = Counter() if in_flight is None else in_flight
        self.serial = count()
        self.order: dict[object, int] = {}
        self.ahead: dict[object, float] = {}

    def virtual_time(self) -> float:
        ready = [flow for user, flow in self.flows.items() if self.is_ready(user)]
        return min([self.last, *(min(ready, key=self.rank).tag for _ in ready[:1])])

    def is_ready(self, user: object) -> bool:
        return bool(self.flows[user].waiting) and self.in_flight[user] < self.flows[user].terms.cap

    def rank(self, flow: NaiveFlow) -> tuple[float, ...]:
        first = min(flow.waiting, key=self.place)
        return round(flow.tag * 2**20), flow.came, first.estimate / flow.terms.weight, flow.place

    def place(self, work: Work) -> tuple[float, int, int]:
        return work.order, self.order[work.job], work.index

    def submit(self, work: Work, terms: Terms) -> None:
        self.wait(self.flow(work.user, terms), work)

    def flow(self, user: object, terms: Terms) -> NaiveFlow:
        if user not in self.flows:
            now = self.virtual_time()
            tag = max(now, self.ahead.get(user, 0.0))
            came = inf if user in self.ahead else self.releases
            self.flows[user] = NaiveFlow(terms, tag, came, next(self.serial), floor=tag)
        self.reweigh(user, terms)
        return self.flows[user]

    def wait(self, flow: NaiveFlow, work: Work) -> None:
        if not flow.waiting:
            self.lift(flow)
        if not any(other.job == work.job for other in flow.waiting):
            self.order[work.job] = next(self.serial)
        flow.waiting.append(work)
        self.look(work.user)

    def restore(self, work: Work, terms: Terms) -> None:
        flow = self.flow(work.user, terms)
        if work.user in self.ahead:
            flow.came = inf
            flow.flying[work.key] = work, work.estimate, flow.era
            self.in_flight[work.user] += 1
            self.look(work.user)
        else:
            self.launch(flow, work, work.estimate)

    def lift(self, flow: NaiveFlow) -> None:
        """Begin again at virtual time; the flow itself does not count in it."""
        kept, flow.waiting = flow.waiting, []
        now = self.virtual_time()
        flow.waiting = kept
        if flow.tag <= now:
            flow.tag, flow.came, flow.place = now, self.releases, next(self.serial)
        flow.floor, flow.era = now, flow.era + 1

    def look(self, user: object) -> None:
        """Whoever comes below his cap again is lifted, as if he had been away."""
        flow = self.flows.get(user)
        if flow is None:
            return
        at_cap = self.in_flight[user] >= flow.terms.cap
        if flow.capped and not at_cap:
            self.lift(flow)
        flow.capped = bool(flow.waiting) and at_cap

    def next(self) -> Work | None:
        users = [user for user in self.flows if self.is_ready(user)]
        users = users or [user for user, flow in self.flows.items() if self.may_burst(flow)]
        if not users:
            return None
        user = min(users, key=lambda user: self.rank(self.flows[user]))
        flow = self.flows[user]
        self.last, self.releases = flow.tag, self.releases + 1
        work = min(flow.waiting, key=self.place)
        flow.waiting.remove(work)
        self.launch(flow, work, work.estimate)
        self.flows = {
            user: flow for user, flow in self.flows.items()
            if flow.waiting or flow.flying or flow.tag > self.last
        }  # fmt: skip
        return work

    def may_burst(self, flow: NaiveFlow) -> bool:
        return bool(flow.waiting) and flow.terms.burst and flow.terms.cap > 0

    def launch(self, flow: NaiveFlow, work: Work, seconds: float) -> None:
        seconds = max(seconds, 1e-6)
        flow.charge(seconds, flow.era)
        flow.flying[work.key] = work, seconds, flow.era
        flow.came = inf
        self.in_flight[work.user] += 1
        self.look(work.user)

    def observe(self, key: Key, seconds: float) -> None:
        for flow in self.holding(key):
            work, charged, era = flow.flying[key]
            if seconds > charged:
                flow.charge(seconds - charged, era)
                flow.flying[key] = work, seconds, era

    def holding(self, key: Key) -> Iterator[NaiveFlow]:
        return (flow for flow in self.flows.values() if key in flow.flying)

    def end(self, key: Key, seconds: float, *, again: bool) -> None:
        [flow] = self.holding(key)
        work, charged, era = flow.flying.pop(key)
        flow.charge(seconds - charged, era)
        self.in_flight[work.user] -= 1
        self.look(work.user)
        if again:
            self.wait(flow, work)
        self.rest()

    def rest(self) -> None:
        """The end of a busy period: nobody owes anything."""
        if not any(flow.waiting or flow.flying for flow in self.flows.values()) and self.flows:
            self.last = max(flow.tag for flow in self.flows.values())
            self.flows.clear()
            self.ahead.clear()

    def drop(self, unwanted: Callable[[Work], bool]) -> set[Key]:
        dropped = set()
        for flow in self.flows.values():
            dropped |= {work.key for work in flow.waiting if unwanted(work)}
            flow.waiting = [work for work in flow.waiting if not unwanted(work)]
            flow.capped &= bool(flow.waiting)
        if dropped:
            self.rest()
        return dropped

    def reweigh(self, user: object, terms: Terms) -> None:
        flow = self.flows.get(user)
        if flow is not None and flow.terms != terms:
            now, ratio = self.virtual_time(), flow.terms.weight / terms.weight
            flow.tag, flow.floor = now + (flow.tag - now) * ratio, now + (flow.floor - now) * ratio
            flow.terms = terms
            self.look(user)
