"""Rows in, board out: whatever agents report, users ask and schedulers die of, rows and board stay one.

Agents, users and crashes do what they like, and every report may come twice and in one batch with others. The
decisions are those of `verdicts`, applied by `Outcomes` to a real board; rows are kept in memory.
"""

import asyncio
from collections import Counter
from typing import Any, cast
from uuid import UUID, uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contracts.errors import Failure, Reason
from contracts.messages import SegmentDone, SegmentFailed, SegmentStarted
from contracts.states import AttemptState, JobState, SegmentState
from scheduler.board import Board, JobFacts
from scheduler.estimate import Estimates
from scheduler.fairqueue import Terms
from scheduler.flight import Flight
from scheduler.lead import Lead
from scheduler.outcomes import Outcomes, _Settled
from scheduler.verdicts import AgentDied, Report, judge
from storage.outcomes import AttemptEnd, SegmentEnd
from tests.unit.scheduler.rows import OPEN, Rows, SegmentRow
from tests.unit.scheduler.test_flights import facts_of

USERS = (UUID(int=1), UUID(int=2), UUID(int=3))
POOLS = ("cpu", "gpu")
CAPS = st.integers(0, 4)
KINDS = st.sampled_from(["started", "done", "failed", "fatal", "lost", "died", "stopped"])
CANCELLED = Failure(reason=Reason.CANCELLED, message="")


class BoardMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.rows = Rows()
        self.facts: dict[UUID, JobFacts] = {}
        self.terms = dict.fromkeys(USERS, Terms(cap=2))
        self.begin_term()

    def begin_term(self) -> None:
        """A leader with an empty board."""
        self.board = Board(Estimates(2.0))
        lead = Lead(
            *[cast(Any, None)] * 3, self.board, *[cast(Any, None)] * 2, 1, asyncio.Event(), cast(Any, None)
        )
        self.outcomes = Outcomes(lead)

    @rule(user=st.sampled_from(USERS), pool=st.sampled_from(POOLS), segments=st.integers(1, 5))
    def submit(self, user: UUID, pool: str, segments: int) -> None:
        facts = facts_of(segments)
        facts.user, facts.pool, facts.order = user, pool, float(len(self.facts))
        self.facts[facts.id] = facts
        self.rows.add_job(facts.id, segments)
        self.admit(facts.id)

    def admit(self, job: UUID) -> None:
        """As `admission.admit`: follow open attempts, let the rest wait."""
        facts, state = self.facts[job], self.rows.jobs[job]
        if job in self.board.jobs or state not in (JobState.WAITING, JobState.RUNNING, JobState.CANCELLING):
            return
        facts.state, facts.terms, facts.stopping = state, self.terms[facts.user], None
        self.board.jobs[job] = facts
        queue = self.board.queue(facts.pool)
        for attempt in self.rows.open_attempts(job):
            queue.restore(self.board.work(facts, attempt.segment.index), facts.terms)
            self.board.launch(Flight(attempt.id, job, attempt.segment.index, facts.pool))
        for segment in self.rows.segments_of(job):
            if segment.state is SegmentState.WAITING and state is not JobState.CANCELLING:
                self.board.wait(facts, segment.index)

    @rule(pool=st.sampled_from(POOLS), slots=st.integers(1, 6))
    def release(self, pool: str, slots: int) -> None:
        queue = self.board.queue(pool)
        while self.board.flying(pool) < slots and (work := queue.next()) is not None:
            assert isinstance(work.job, UUID)
            flying = {flight.key for flight in self.board.flights.values()}
            mine = sum(self.facts[cast(UUID, job)].user == work.user for job, _ in flying)
            assert mine < self.terms[cast(UUID, work.user)].cap, "a cap was exceeded"
            attempt = uuid4()
            if self.rows.release(attempt, work.job, work.index):
                self.board.launch(Flight(attempt, work.job, work.index, pool))
                self.board.jobs[work.job].state = JobState.RUNNING
            else:
                queue.finish(work.key, 0.0)

    @precondition(lambda self: self.doubles())
    @rule(data=st.data())
    def double(self, data: st.DataObject) -> None:
        """A straggler is run a second time."""
        first, second = data.draw(st.sampled_from(self.doubles())), uuid4()
        flight = self.board.flights[first]
        self.rows.second(second, first)
        self.board.launch(Flight(second, flight.job_id, flight.index, flight.pool))

    def doubles(self) -> list[UUID]:
        return [
            flight.attempt_id
            for flight in self.board.flights.values()
            if self.board.attempts_at(flight.key) == 1
            and self.rows.jobs[flight.job_id] is JobState.RUNNING
            and self.rows.attempts[flight.attempt_id].state in OPEN
        ]

    @precondition(lambda self: self.rows.attempts)
    @rule(data=st.data(), kinds=st.lists(KINDS, min_size=1, max_size=4))
    def report(self, data: st.DataObject, kinds: list[str]) -> None:
        """Of any attempt, open or long ended."""
        attempts = list(self.rows.attempts)
        reports = [self.report_of(data.draw(st.sampled_from(attempts)), kind) for kind in kinds]
        self.settle(reports)

    def settle(self, reports: list[Report]) -> None:
        verdicts = judge(self.rows.read({report.attempt_id for report in reports}), reports, max_attempts=3)
        merging, failed, cancelled = self.rows.write(verdicts)
        self.outcomes._tell_board(_Settled(verdicts, merging, failed, cancelled))

    def report_of(self, attempt: UUID, kind: str) -> Report:
        segment = self.rows.attempts[attempt].segment
        who: dict[str, Any] = {
            "attempt_id": attempt, "job_id": segment.job, "segment_index": segment.index, "agent_id": "a"
        }  # fmt: skip
        reasons = {"lost": Reason.AGENT_LOST, "stopped": Reason.CANCELLED}
        match kind:
            case "started":
                return SegmentStarted(**who)
            case "done":
                return SegmentDone(
                    **who,
                    key=f"{attempt}",
                    size=1,
                    sha256="",
                    frames=1,
                    faces=1,
                    face_frames=1,
                    gpu_seconds=2.0,
                )
            case "died":
                return AgentDied(**who)
        failure = Failure(reason=reasons.get(kind, Reason.ENGINE_FAILED), message="no")
        return SegmentFailed(
            **who, failure=failure, retryable=kind != "fatal", agent_fault=kind == "lost", gpu_seconds=1.0
        )

    @precondition(lambda self: self.going_on())
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """As the gateway and `Commands.cancel`."""
        job = data.draw(st.sampled_from(self.going_on()))
        self.rows.jobs[job] = JobState.CANCELLING
        unstarted = self.end_open(job, AttemptState.RELEASED)
        self.rows.drop_waiting(job)
        over = self.rows.cancel_if_stopped(job)
        self.board.end(job, JobState.CANCELLED if over else JobState.CANCELLING)
        for attempt in unstarted:
            self.board.land(attempt, 0.0, again=False)

    @precondition(lambda self: JobState.FAILED in self.rows.jobs.values())
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        """As `Commands.retry`."""
        failed = [job for job, state in self.rows.jobs.items() if state is JobState.FAILED]
        job = data.draw(st.sampled_from(failed))
        for attempt in self.end_open(job, *OPEN):
            self.board.land(attempt, 0.0, again=False)
        self.rows.reopen(job)
        self.admit(job)

    def end_open(self, job: UUID, *states: AttemptState) -> list[UUID]:
        ended = [one for one in self.rows.open_attempts(job) if one.state in states]
        ends = [AttemptEnd(one.id, AttemptState.CANCELLED, None, 0.0, 0.0, CANCELLED) for one in ended]
        segments = {one.segment.id for one in ended if one.segment.state is SegmentState.RELEASED}
        self.rows.end(ends, [SegmentEnd(segment, SegmentState.CANCELLED) for segment in segments])
        return [one.id for one in ended]

    @rule(user=st.sampled_from(USERS), weight=st.sampled_from([1.0, 4.0]), cap=CAPS)
    def reweigh(self, user: UUID, weight: float, cap: int) -> None:
        self.terms[user] = Terms(weight, cap)
        self.board.reweigh({user: self.terms[user]})

    @rule()
    def crash(self) -> None:
        """The leader dies; its successor has nothing but rows."""
        self.begin_term()
        for job in self.rows.jobs:
            self.admit(job)

    def going_on(self) -> list[UUID]:
        return [job for job, state in self.rows.jobs.items() if state in (JobState.WAITING, JobState.RUNNING)]

    @invariant()
    def the_board_is_what_rows_say(self) -> None:
        followed = {attempt.id for attempt in self.rows.attempts.values() if attempt.state in OPEN}
        # An attempt of a job that failed is followed until a successor comes: repair() closes it then.
        over = {one for one in followed if self.rows.jobs[self.rows.attempts[one].segment.job].final}
        assert followed - over <= set(self.board.flights) <= followed
        for job in self.going_on():
            for segment in self.rows.segments_of(job):
                self.assert_told(segment)
        for job in self.rows.jobs.keys() - self.going_on():
            facts, flying = self.facts[job], {flight.key for flight in self.board.flights.values()}
            waiting = [key for n in facts.seconds if (key := (job, n)) not in flying]
            assert not any(self.board.queue(facts.pool).holds(key) for key in waiting), (
                "a job that is over waits"
            )
        assert all(queue.in_flight <= self.board.flying(pool) for pool, queue in self.board.queues.items())

    def assert_told(self, segment: SegmentRow) -> None:
        facts, key = self.facts[segment.job], (segment.job, segment.index)
        flights = [flight for flight in self.board.flights.values() if flight.key == key]
        held = self.board.queue(facts.pool).holds(key)
        if segment.state is SegmentState.WAITING:
            assert held, "a segment that waits was lost"
        elif segment.state is SegmentState.RELEASED:
            assert held and flights, "a segment that flies is not followed"
        else:
            assert not held or flights, "a segment that is over waits"

    @invariant()
    def nothing_is_won_or_charged_twice(self) -> None:
        assert all(segment.wins <= 1 for segment in self.rows.segments)
        paid = Counter(
            one.segment.id
            for one in self.rows.attempts.values()
            if one.charged and one.state is AttemptState.DONE
        )
        assert all(count == 1 for count in paid.values())

    def teardown(self) -> None:
        """Agents that do their work bring every job that goes on to its end."""
        for user in USERS:
            self.reweigh(user, 1.0, 4)
        for _ in range(sum(segment.state is not SegmentState.DONE for segment in self.rows.segments) + 1):
            for pool in POOLS:
                self.release(pool, 6)
            if self.board.flights:
                self.settle([self.report_of(attempt, "done") for attempt in list(self.board.flights)])
        assert not self.going_on() and not self.board.flights and not self.board.jobs
        assert not any(queue.waiting or queue.in_flight for queue in self.board.queues.values())


TestBoard = BoardMachine.TestCase
TestBoard.settings = settings(max_examples=60, stateful_step_count=40)
