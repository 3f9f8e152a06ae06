"""Whatever is submitted, released, ended, cancelled, re-weighted or rebuilt: nothing is lost or doubled."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from scheduler.fairqueue import FairQueue, Key, Terms, Work

USERS = st.integers(0, 4)
SECONDS = st.floats(0.0, 20.0)
TERMS = st.builds(Terms, st.sampled_from([0.5, 1.0, 4.0]), st.integers(0, 4), st.booleans())


class FairQueueMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.queue = FairQueue()
        self.terms = {user: Terms(cap=2) for user in range(5)}
        self.waiting: dict[Key, Work] = {}
        self.flying: dict[Key, Work] = {}
        self.jobs = 0

    @rule(user=USERS, segments=st.integers(1, 6), seconds=st.floats(0.01, 20.0))
    def submit(self, user: int, segments: int, seconds: float) -> None:
        self.jobs += 1
        for n in range(segments):
            work = Work(user, self.jobs, n, seconds, float(self.jobs))
            assert self.queue.submit(work, self.terms[user])
            self.waiting[work.key] = work

    @rule(slots=st.integers(1, 6))
    def release(self, slots: int) -> None:
        while len(self.flying) < slots:
            work = self.queue.next()
            if work is None:
                assert not any(self.may_run(waiting) for waiting in self.waiting.values())
                return
            assert self.waiting.pop(work.key) == work
            assert self.may_run(work)
            assert all((w.order, w.index) > (work.order, work.index) for w in self.waiting_of(work.user))
            self.flying[work.key] = work

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), seconds=SECONDS, again=st.booleans())
    def end(self, data: st.DataObject, seconds: float, again: bool) -> None:
        key = data.draw(st.sampled_from(sorted(self.flying, key=str)))
        work = self.flying.pop(key)
        assert (self.queue.retry if again else self.queue.finish)(key, seconds)
        if again:
            self.waiting[key] = work

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), seconds=SECONDS)
    def observe(self, data: st.DataObject, seconds: float) -> None:
        self.queue.observe(data.draw(st.sampled_from(sorted(self.flying, key=str))), seconds)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def cancel_job(self, data: st.DataObject) -> None:
        work = self.waiting[data.draw(st.sampled_from(sorted(self.waiting, key=str)))]
        dropped = {w.key for w in self.queue.cancel_job(work.user, work.job)}
        assert dropped == {key for key in self.waiting if key[0] == work.job}
        for key in dropped:
            del self.waiting[key]

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.waiting, key=str)))
        assert self.queue.withdraw(key)
        assert not self.queue.withdraw(key)
        del self.waiting[key]

    @rule(user=USERS)
    def cancel_user(self, user: int) -> None:
        dropped = self.queue.cancel_user(user)
        assert {w.key for w in dropped} == {w.key for w in self.waiting_of(user)}
        for work in dropped:
            del self.waiting[work.key]

    @rule(user=USERS, terms=TERMS)
    def reweigh(self, user: int, terms: Terms) -> None:
        self.terms[user] = terms
        self.queue.reweigh(user, terms)

    @rule()
    def crash_and_rebuild(self) -> None:
        self.queue = FairQueue()
        for work in self.flying.values():
            assert self.queue.restore(work, self.terms[int(str(work.user))])
        for work in self.waiting.values():
            assert self.queue.submit(work, self.terms[int(str(work.user))])

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        assert (self.queue.waiting, self.queue.in_flight) == (len(self.waiting), len(self.flying))
        flows = list(self.queue.flows())
        assert sum(len(flow.backlog) for flow in flows) == len(self.waiting)
        assert sum(flow.in_flight for flow in flows) == len(self.flying)

    def teardown(self) -> None:
        for user in self.terms:
            self.queue.reweigh(user, Terms())
        while (work := self.queue.next()) is not None:
            del self.waiting[work.key]
        assert not self.waiting

    def waiting_of(self, user: object) -> list[Work]:
        return [work for work in self.waiting.values() if work.user == user]

    def may_run(self, work: Work) -> bool:
        terms = self.terms[int(str(work.user))]
        running = sum(other.user == work.user for other in self.flying.values())
        return running < terms.cap or (terms.burst and terms.cap > 0)


TestFairQueue = FairQueueMachine.TestCase
TestFairQueue.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
