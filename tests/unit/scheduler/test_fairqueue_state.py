"""Whatever is submitted, released, ended, cancelled, re-weighted or rebuilt: the queue does what a naive one does.

Two pools share a census. Nothing is lost or doubled, no cap is exceeded, no slot idles while somebody may be served.
"""

from collections import Counter
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from scheduler.fairqueue import Census, FairQueue, Key, Past, Terms, Work, ahead
from tests.unit.scheduler.naive import NaiveQueue

POOLS = (0, 1)
USERS = st.integers(0, 4)
POOL = st.sampled_from(POOLS)
SECONDS = st.floats(0.0, 20.0)
TERMS = st.builds(Terms, st.sampled_from([0.5, 1.0, 4.0]), st.integers(0, 4), st.booleans())


class FairQueueMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.terms = {user: Terms(cap=2) for user in range(5)}
        self.waiting: tuple[dict[Key, Work], ...] = ({}, {})
        self.flying: tuple[dict[Key, Work], ...] = ({}, {})
        self.past: tuple[list[Past], ...] = ([], [])
        self.jobs = 0
        self.begin_anew()

    def begin_anew(self) -> None:
        census, in_flight = Census(), Counter[object]()
        self.queues = [FairQueue(census=census) for _ in POOLS]
        self.naive = [NaiveQueue(in_flight) for _ in POOLS]

    def look(self, pool: int, user: object) -> None:
        for other in POOLS:
            if other != pool:
                self.naive[other].look(user)

    @rule(pool=POOL, user=USERS, segments=st.integers(1, 6), seconds=st.floats(0.01, 20.0))
    def submit(self, pool: int, user: int, segments: int, seconds: float) -> None:
        self.jobs += 1
        for n in range(segments):
            work = Work(user, self.jobs, n, seconds, float(self.jobs))
            assert self.queues[pool].submit(work, self.terms[user])
            assert not self.queues[pool].submit(work, self.terms[user])
            self.naive[pool].submit(work, self.terms[user])
            self.waiting[pool][work.key] = work

    @rule(pool=POOL, slots=st.integers(1, 6))
    def release(self, pool: int, slots: int) -> None:
        while len(self.flying[pool]) < slots:
            free = [work for work in self.waiting[pool].values() if self.is_below_cap(work)]
            work, expected = self.queues[pool].next(), self.naive[pool].next()
            assert work == expected
            if work is None:
                assert not free and not any(
                    self.may_burst(waiting) for waiting in self.waiting[pool].values()
                )
                return
            assert self.is_below_cap(work) or (not free and self.may_burst(work))
            assert self.waiting[pool].pop(work.key) == work
            assert all(
                (w.order, w.index) > (work.order, work.index) for w in self.waiting_of(pool, work.user)
            )
            self.flying[pool][work.key] = work
            weight = self.terms[int(str(work.user))].weight
            self.past[pool].append(Past(work.user, weight, work.estimate, float(len(self.past[pool]))))
            self.look(pool, work.user)

    @precondition(lambda self: any(self.flying))
    @rule(data=st.data(), seconds=SECONDS, again=st.booleans())
    def end(self, data: st.DataObject, seconds: float, again: bool) -> None:
        pool, key = self.draw(data, self.flying)
        work = self.flying[pool].pop(key)
        queue = self.queues[pool]
        assert (queue.retry if again else queue.finish)(key, seconds)
        assert not queue.finish(key, seconds)
        self.naive[pool].end(key, seconds, again=again)
        if again:
            self.waiting[pool][key] = work
        self.look(pool, work.user)

    @precondition(lambda self: any(self.flying))
    @rule(data=st.data(), seconds=SECONDS)
    def observe(self, data: st.DataObject, seconds: float) -> None:
        pool, key = self.draw(data, self.flying)
        self.queues[pool].observe(key, seconds)
        self.naive[pool].observe(key, seconds)

    @precondition(lambda self: any(self.waiting))
    @rule(data=st.data())
    def cancel_job(self, data: st.DataObject) -> None:
        pool, key = self.draw(data, self.waiting)
        work = self.waiting[pool][key]
        dropped = {w.key for w in self.queues[pool].cancel_job(work.user, work.job)}
        assert dropped == self.naive[pool].drop(lambda other: other.job == work.job)
        self.forget(pool, dropped)

    @precondition(lambda self: any(self.waiting))
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        pool, key = self.draw(data, self.waiting)
        assert self.queues[pool].withdraw(key)
        assert not self.queues[pool].withdraw(key)
        self.forget(pool, self.naive[pool].drop(lambda work: work.key == key))

    @rule(pool=POOL, user=USERS)
    def cancel_user(self, pool: int, user: int) -> None:
        dropped = {work.key for work in self.queues[pool].cancel_user(user)}
        assert dropped == self.naive[pool].drop(lambda work: work.user == user)
        self.forget(pool, dropped)

    @rule(user=USERS, terms=TERMS)
    def reweigh(self, user: int, terms: Terms) -> None:
        self.terms[user] = terms
        for pool in POOLS:
            self.past[pool][:] = [
                replace(past, weight=terms.weight) if past.user == user else past for past in self.past[pool]
            ]
            self.queues[pool].reweigh(user, terms)
            self.naive[pool].reweigh(user, terms)

    @rule(remembering=st.booleans())
    def crash_and_rebuild(self, remembering: bool) -> None:
        """As a leader takes over: what flies is restored and what waits submitted, job by job."""
        self.begin_anew()
        for pool in POOLS:
            if remembering:
                found = ahead(self.past[pool])
                self.queues[pool].resume(found)
                self.naive[pool].ahead = dict(found)
        for pool in POOLS:
            for work in self.flying[pool].values():
                assert self.queues[pool].restore(work, self.terms[int(str(work.user))])
                self.naive[pool].restore(work, self.terms[int(str(work.user))])
                self.look(pool, work.user)
            for work in self.waiting[pool].values():
                assert self.queues[pool].submit(work, self.terms[int(str(work.user))])
                self.naive[pool].submit(work, self.terms[int(str(work.user))])

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        for pool, queue in enumerate(self.queues):
            assert (queue.waiting, queue.in_flight) == (len(self.waiting[pool]), len(self.flying[pool]))
            flows = list(queue.flows())
            assert sum(len(flow.backlog) for flow in flows) == len(self.waiting[pool])
            assert sum(flow.in_flight for flow in flows) == len(self.flying[pool])
            expected = {user: (flow.tag, flow.came) for user, flow in self.naive[pool].flows.items()}
            assert {flow.user: (flow.tag, flow.came) for flow in flows} == expected
            assert queue.virtual_time == self.naive[pool].virtual_time()

    def teardown(self) -> None:
        for user in self.terms:
            for queue in self.queues:
                queue.reweigh(user, Terms())
        for pool, queue in enumerate(self.queues):
            while (work := queue.next()) is not None:
                del self.waiting[pool][work.key]
            assert not self.waiting[pool]

    def draw(self, data: st.DataObject, held: tuple[dict[Key, Work], ...]) -> tuple[int, Key]:
        return data.draw(st.sampled_from(sorted(((p, key) for p in POOLS for key in held[p]), key=str)))

    def forget(self, pool: int, keys: set[Key]) -> None:
        for key in keys:
            del self.waiting[pool][key]

    def waiting_of(self, pool: int, user: object) -> list[Work]:
        return [work for work in self.waiting[pool].values() if work.user == user]

    def is_below_cap(self, work: Work) -> bool:
        running = sum(other.user == work.user for flying in self.flying for other in flying.values())
        return running < self.terms[int(str(work.user))].cap

    def may_burst(self, work: Work) -> bool:
        terms = self.terms[int(str(work.user))]
        return terms.burst and terms.cap > 0


TestFairQueue = FairQueueMachine.TestCase
TestFairQueue.settings = settings(max_examples=80, stateful_step_count=40)
