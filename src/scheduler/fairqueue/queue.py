"""The fair queue itself."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from math import inf

from scheduler.fairqueue.backlog import Run
from scheduler.fairqueue.census import Census
from scheduler.fairqueue.flow import Flow, Rank
from scheduler.fairqueue.tags import TagHeap, leave
from scheduler.fairqueue.work import Key, Terms, Work

_LEAST_CHARGE = (
    1e-6  # an estimate of nothing must still move the tag, or one user could hold the head for ever
)


@dataclass(slots=True)
class _Flight:
    work: Work
    flow: Flow
    charged: float
    era: int


class FairQueue:
    """SFQ(D) over users. Every decision costs O(log n) in the number of users with work.

    A segment is waiting or in flight, never both; it leaves by `finish`, `cancel_job` or `cancel_user`. The
    caller asks `next` no more often than there are free slots. Virtual time is the start tag of the last
    segment released, or the smallest tag of a user who may be served where corrections brought that below it.
    """

    def __init__(self, reckon: Callable[[Work], float] | None = None, census: Census | None = None) -> None:
        """`reckon` gives a segment's estimate in GPU seconds at its release, where estimates change.

        Queues that share a `census` share the users' caps.
        """
        self._reckon = reckon or (lambda work: work.estimate)
        self._census = census or Census()
        self._census.join(self)
        self._flows: dict[Hashable, Flow] = {}
        self._ready = TagHeap()
        self._spare = TagHeap()
        self._retired: list[tuple[float, int, Flow]] = []
        self._flights: dict[Key, _Flight] = {}
        self._waiting: dict[Key, Work] = {}
        self._ahead: dict[Hashable, float] = {}
        self._last = 0.0
        self._releases = 0
        self._serial = count()

    @property
    def virtual_time(self) -> float:
        """Where a newcomer starts, in virtual seconds."""
        first = self._ready.peek()
        return self._last if first is None else min(self._last, first.tag)

    @property
    def waiting(self) -> int:
        """Segments that wait."""
        return len(self._waiting)

    @property
    def in_flight(self) -> int:
        """Segments that were released and have not ended."""
        return len(self._flights)

    @property
    def releases(self) -> int:
        """Segments released so far."""
        return self._releases

    def flows(self) -> Iterable[Flow]:
        """Users with something waiting, in flight or owed; not to be changed."""
        return self._flows.values()

    def flow(self, user: Hashable) -> Flow | None:
        """A user's flow, not to be changed; None where nothing of his waits, flies or is owed."""
        return self._flows.get(user)

    def in_flight_of(self, user: Hashable) -> int:
        """Segments of a user in flight, in all queues of the census."""
        return self._census.of(user)

    def runs(self, flow: Flow) -> Iterator[Run]:
        """A user's waiting jobs in order, at present estimates; see `Backlog.runs`."""
        return flow.backlog.runs(self._reckon)

    def first_ready(self, most: int) -> list[tuple[Rank, Flow]]:
        """Up to `most` users who may be served now, in their order."""
        return self._ready.first(most)

    def first_spare(self, most: int) -> list[tuple[Rank, Flow]]:
        """Up to `most` users who may take what nobody else can, in their order."""
        return self._spare.first(most)

    def resume(self, ahead: Mapping[Hashable, float]) -> None:
        """Go on where another queue stopped; this one must be new.

        `ahead` tells how far users were ahead of virtual time, in virtual seconds, all that they had in
        flight included: what is restored of theirs moves their tags no more.
        """
        self._ahead = dict(ahead)

    def holds(self, key: Key) -> bool:
        """Whether the segment waits or is in flight."""
        return key in self._waiting or key in self._flights

    def submit(self, work: Work, terms: Terms) -> bool:
        """Let a segment wait. False where it waits or flies already."""
        if self.holds(work.key):
            return False
        flow = self._flow(work.user, terms)
        self._await(flow, work)
        return True

    def restore(self, work: Work, terms: Terms, seconds: float | None = None) -> bool:
        """Take over a segment that is in flight already, charged `seconds` or its estimate.

        False where it is known.
        """
        if self.holds(work.key):
            return False
        flow = self._flow(work.user, terms)
        self._launch(flow, work, work.estimate if seconds is None else seconds, work.user in self._ahead)
        return True

    def next(self) -> Work | None:
        """Release the segment that is due and charge its estimate. None where nobody may be served."""
        flow = self._ready.peek() or self._spare.peek()
        if flow is None:
            return None
        self._last = flow.tag
        self._releases += 1
        work = flow.backlog.take()
        del self._waiting[work.key]
        self._launch(flow, work, self._reckon(work))
        self._forget_paid()
        return work

    def observe(self, key: Key, seconds: float) -> None:
        """A running segment has cost `seconds` so far: what exceeds its charge counts already."""
        flight = self._flights.get(key)
        if flight is not None and seconds > flight.charged:
            self._correct(flight, seconds)
            self._place(flight.flow)

    def finish(self, key: Key, seconds: float) -> bool:
        """A segment ended after `seconds` and will not run again. False where it was not in flight."""
        flight = self._land(key, seconds)
        if flight is None:
            return False
        self._settle(flight.flow)
        return True

    def retry(self, key: Key, seconds: float) -> bool:
        """A segment ended after `seconds` that count (0 where an agent died) and waits again in its place."""
        flight = self._land(key, seconds)
        if flight is None:
            return False
        self._uncap(flight.flow)
        self._await(flight.flow, flight.work)
        self._place(flight.flow)
        return True

    def withdraw(self, key: Key) -> bool:
        """Remove one waiting segment. False where it does not wait. Costs O(segments of its job)."""
        work = self._waiting.pop(key, None)
        if work is None:
            return False
        flow = self._flows[work.user]
        flow.backlog.remove(work)
        self._settle(flow)
        return True

    def cancel_job(self, user: Hashable, job: Hashable) -> list[Work]:
        """Remove and return a job's waiting segments; those in flight still have to `finish`."""
        flow = self._flows.get(user)
        works = flow.backlog.drop(job) if flow else []
        if flow and works:
            for work in works:
                del self._waiting[work.key]
            self._settle(flow)
        return works

    def cancel_user(self, user: Hashable) -> list[Work]:
        """Remove and return everything a user has waiting."""
        flow = self._flows.get(user)
        jobs = flow.backlog.jobs() if flow else []
        return [work for job in jobs for work in self.cancel_job(user, job)]

    def reweigh(self, user: Hashable, terms: Terms) -> None:
        """Change a user's weight, cap or burst from now on; unknown users need no change."""
        flow = self._flows.get(user)
        if flow is not None and flow.terms != terms:
            flow.reweigh(terms, self.virtual_time)
            self._settle(flow)

    def _flow(self, user: Hashable, terms: Terms) -> Flow:
        flow = self._flows.get(user)
        if flow is None:
            ahead = self._ahead.get(user)
            came = self._releases if ahead is None else inf
            tag = max(self.virtual_time, ahead or 0.0)
            flow = self._flows[user] = Flow(user, terms, tag, came, next(self._serial))
        else:
            self.reweigh(user, terms)
        return flow

    def _await(self, flow: Flow, work: Work) -> None:
        if not flow.backlog:
            flow.lift(self.virtual_time, self._releases, next(self._serial))
        flow.backlog.add(work)
        self._waiting[work.key] = work
        if flow.standing is None:
            self._place(flow)

    def _launch(self, flow: Flow, work: Work, seconds: float, paid: bool = False) -> None:
        charge = max(seconds, _LEAST_CHARGE)
        if not paid:
            flow.charge(charge, flow.era)
        flow.launch()
        self._flights[work.key] = _Flight(work, flow, charge, flow.era)
        self._census.change(flow.user, 1, self)
        self._place(flow)

    def _correct(self, flight: _Flight, seconds: float) -> None:
        flight.flow.charge(seconds - flight.charged, flight.era)
        flight.charged = seconds

    def _land(self, key: Key, seconds: float) -> _Flight | None:
        flight = self._flights.pop(key, None)
        if flight is not None:
            self._correct(flight, max(seconds, 0.0))
            flight.flow.in_flight -= 1
            self._census.change(flight.work.user, -1, self)
        return flight

    def heed(self, user: Hashable) -> None:
        """The user's segments in flight became more or fewer in another queue of the census."""
        flow = self._flows.get(user)
        if flow is not None and flow.backlog and flow.capped != self._is_at_cap(flow):
            self._uncap(flow)
            self._place(flow)

    def _is_at_cap(self, flow: Flow) -> bool:
        return self._census.of(flow.user) >= flow.terms.cap

    def _uncap(self, flow: Flow) -> None:
        if flow.capped and not self._is_at_cap(flow):
            leave(flow)
            flow.lift(self.virtual_time, self._releases, next(self._serial))
            flow.capped = False

    def _settle(self, flow: Flow) -> None:
        """Put a flow where it belongs after a segment ended or its terms changed."""
        self._uncap(flow)
        self._place(flow)
        if flow.idle:
            self._retire(flow)

    def _place(self, flow: Flow) -> None:
        flow.capped = bool(flow.backlog) and self._is_at_cap(flow)
        if not flow.backlog:
            leave(flow)
        elif not flow.capped:
            self._ready.push(flow)
        elif flow.terms.burst and flow.terms.cap:
            self._spare.push(flow)
        else:
            leave(flow)

    def _retire(self, flow: Flow) -> None:
        if not self._flights and not self._waiting:
            # End of a busy period (Goyal 1996): virtual time goes to the largest tag, no one owes anything.
            self._last = max(known.tag for known in self._flows.values())
            self._flows.clear()
            self._retired.clear()
            self._ahead.clear()
            return
        heappush(self._retired, (flow.tag, next(self._serial), flow))

    def _forget_paid(self) -> None:
        while self._retired and self._retired[0][0] <= self._last:
            _, _, flow = heappop(self._retired)
            if flow.idle and self._flows.get(flow.user) is flow:
                self._forget(flow)

    def _forget(self, flow: Flow) -> None:
        if flow.tag <= self._last:
            del self._flows[flow.user]
        else:
            heappush(self._retired, (flow.tag, next(self._serial), flow))
