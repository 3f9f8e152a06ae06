"""Who wins, what is retried, what is given up."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Failure, Reason
from contracts.messages import SegmentDone, SegmentFailed, SegmentStarted
from contracts.states import AttemptState, JobState, SegmentState
from scheduler.verdicts import AgentDied, Report, Verdicts, judge
from storage.outcomes import AttemptRow

JOB = uuid4()


def row(state: AttemptState = AttemptState.RUNNING, **changes: object) -> AttemptRow:
    facts: dict[str, object] = {
        "attempt_id": uuid4(),
        "job_id": JOB,
        "segment_id": 1,
        "index": 0,
        "segment": SegmentState.RELEASED,
        "job": JobState.RUNNING,
        "failed": 0,
        "deaths": 0,
        "rivals": [],
        "key": None,
    }
    return AttemptRow(state=state, **{**facts, **changes})  # type: ignore[arg-type]


def rows_at_one_segment(count: int, **changes: object) -> list[AttemptRow]:
    rows = [row(**changes) for _ in range(count)]
    for one in rows:
        one.rivals = [other.attempt_id for other in rows if other is not one]
    return rows


def done(attempt: UUID, key: str | None = None) -> SegmentDone:
    return SegmentDone(
        attempt_id=attempt, job_id=JOB, segment_index=0, agent_id="a", key=key or f"key-{attempt}", size=1,
        sha256="0", frames=10, faces=10, face_frames=10, gpu_seconds=2.0,
    )  # fmt: skip


def failed(
    attempt: UUID, reason: Reason = Reason.ENGINE_FAILED, *, retryable: bool = True, fault: bool = False
) -> SegmentFailed:
    return SegmentFailed(
        attempt_id=attempt, job_id=JOB, segment_index=0, agent_id="a", retryable=retryable, agent_fault=fault,
        failure=Failure(reason=reason, message="no"), gpu_seconds=1.5,
    )  # fmt: skip


def died(attempt: UUID) -> AgentDied:
    return AgentDied(attempt_id=attempt, job_id=JOB, segment_index=0, agent_id="a")


def decide(rows: list[AttemptRow], *reports: Report) -> Verdicts:
    return judge({row.attempt_id: row for row in rows}, reports, max_attempts=3)


def test_a_result_is_its_segments_and_is_charged() -> None:
    it = row()
    verdicts = decide([it], done(it.attempt_id))
    assert [end.state for end in verdicts.attempts] == [AttemptState.DONE]
    assert (verdicts.attempts[0].charged, verdicts.landings[0].seconds) == (2.0, 2.0)
    assert verdicts.segments[0].key == f"key-{it.attempt_id}" and not verdicts.unwanted


def test_a_report_that_comes_twice_counts_once() -> None:
    it = row()
    verdicts = decide([it], done(it.attempt_id), done(it.attempt_id))
    assert len(verdicts.attempts) == len(verdicts.won) == len(verdicts.segments) == 1
    known = row(AttemptState.DONE, attempt_id=it.attempt_id, key=f"key-{it.attempt_id}")
    assert decide([known], done(it.attempt_id)) == Verdicts()


@pytest.mark.parametrize("state", [AttemptState.LOST, AttemptState.CANCELLED, AttemptState.FAILED])
def test_an_ended_attempts_result_is_used_if_it_is_the_first(state: AttemptState) -> None:
    it = row(state, segment=SegmentState.WAITING)
    assert len(decide([it], done(it.attempt_id)).won) == 1


def last_ends(verdicts: Verdicts) -> dict[UUID, tuple[AttemptState, float]]:
    """How each attempt's row reads in the end: of several ends in a batch the last is written."""
    return {end.attempt_id: (end.state, end.charged) for end in verdicts.attempts}


def test_of_two_results_in_a_batch_the_second_is_late_uncharged_and_removed() -> None:
    first, second = rows_at_one_segment(2)
    verdicts = decide([first, second], done(second.attempt_id), done(first.attempt_id))
    assert last_ends(verdicts) == {
        second.attempt_id: (AttemptState.DONE, 2.0),
        first.attempt_id: (AttemptState.LATE, 0.0),
    }
    assert verdicts.unwanted == [f"key-{first.attempt_id}"]


def test_the_first_result_ends_the_other_attempt_uncharged_and_stops_its_agent() -> None:
    winner, rival = row(rivals=[uuid4()]), uuid4()
    winner.rivals = [rival]
    verdicts = decide([winner], done(winner.attempt_id))
    assert last_ends(verdicts)[rival] == (AttemptState.CANCELLED, 0.0)
    assert verdicts.dropped == [rival]
    assert [(it.attempt_id, it.seconds, it.again) for it in verdicts.landings] == [
        (winner.attempt_id, 2.0, False),
        (rival, 0.0, False),
    ]


def test_two_agents_that_end_one_attempt_leave_one_object() -> None:
    it = row()
    verdicts = decide([it], done(it.attempt_id, "first"), done(it.attempt_id, "second"))
    assert len(verdicts.won) == len(verdicts.attempts) == 1
    assert (verdicts.segments[0].key, verdicts.unwanted) == ("first", ["second"])


def test_work_on_a_cancelled_segment_is_charged_and_its_result_removed() -> None:
    it = row(AttemptState.CANCELLED, segment=SegmentState.CANCELLED, job=JobState.CANCELLED)
    verdicts = decide([it], done(it.attempt_id))
    assert (verdicts.attempts[0].state, verdicts.attempts[0].charged) == (AttemptState.LATE, 2.0)
    assert len(verdicts.unwanted) == 1


@pytest.mark.parametrize(
    ("earlier", "retryable", "again"), [(0, True, True), (1, True, True), (2, True, False), (0, False, False)]
)
def test_failures_are_retried_twice(earlier: int, retryable: bool, again: bool) -> None:
    it = row(failed=earlier)
    verdicts = decide([it], failed(it.attempt_id, retryable=retryable))
    assert verdicts.landings[0].again is again
    assert verdicts.segments[0].state is (SegmentState.WAITING if again else SegmentState.FAILED)
    assert list(verdicts.failed_jobs) == ([] if again else [JOB])
    assert verdicts.attempts[0].charged == 1.5


@pytest.mark.parametrize(("deaths", "again"), [(0, True), (1, True), (2, False)])
def test_a_segment_that_is_lost_three_times_stops_uncharged(deaths: int, again: bool) -> None:
    it = row(deaths=deaths)
    verdicts = decide([it], failed(it.attempt_id, Reason.AGENT_LOST, fault=True))
    assert (verdicts.attempts[0].state, verdicts.attempts[0].charged) == (AttemptState.LOST, 0.0)
    assert verdicts.landings[0].again is again
    assert [failure.reason for failure in verdicts.failed_jobs.values()] == (
        [] if again else [Reason.AGENT_LOST]
    )


@pytest.mark.parametrize("deaths", [0, 1])
def test_an_attempt_goes_on_after_the_death_of_an_agent(deaths: int) -> None:
    it = row(deaths=deaths)
    verdicts = decide([it], died(it.attempt_id))
    assert verdicts == Verdicts(deaths=[it.attempt_id])


def test_the_third_death_ends_an_attempt_though_another_agent_works_on_it() -> None:
    it = row(deaths=2)
    verdicts = decide([it], died(it.attempt_id), died(it.attempt_id))
    assert last_ends(verdicts) == {it.attempt_id: (AttemptState.LOST, 0.0)}
    assert verdicts.dropped == verdicts.deaths == [it.attempt_id]
    assert "3 agents died" in verdicts.failed_jobs[JOB].message


def test_attempts_that_were_handed_back_do_not_count() -> None:
    it = row(deaths=2, failed=2)
    verdicts = decide([it], failed(it.attempt_id, Reason.CANCELLED))
    assert (verdicts.attempts[0].state, verdicts.landings[0].again) == (AttemptState.LOST, True)


def test_a_worker_that_dies_again_and_again_is_the_segments_fault_yet_uncharged() -> None:
    it = row(failed=2)
    verdicts = decide([it], failed(it.attempt_id, Reason.OUT_OF_MEMORY, fault=True))
    assert JOB in verdicts.failed_jobs and verdicts.attempts[0].charged == 0.0


@pytest.mark.parametrize("job", [JobState.CANCELLING, JobState.FAILED])
def test_what_stops_with_its_job_is_cancelled_and_charged(job: JobState) -> None:
    it = row(job=job)
    verdicts = decide([it], failed(it.attempt_id, Reason.CANCELLED, retryable=False))
    assert (verdicts.attempts[0].state, verdicts.attempts[0].charged) == (AttemptState.CANCELLED, 1.5)
    assert verdicts.segments[0].state is SegmentState.CANCELLED
    assert not verdicts.failed_jobs and not verdicts.landings[0].again


def test_a_stop_meant_for_an_earlier_run_of_the_job_is_a_loss() -> None:
    it = row()
    verdicts = decide([it], failed(it.attempt_id, Reason.CANCELLED, retryable=False))
    assert (verdicts.attempts[0].state, verdicts.attempts[0].charged) == (AttemptState.LOST, 0.0)
    assert verdicts.landings[0].again


def test_a_report_of_failure_clears_the_board_even_where_the_row_has_ended() -> None:
    it = row(AttemptState.DONE, segment=SegmentState.DONE)
    verdicts = decide([it], failed(it.attempt_id))
    assert len(verdicts.landings) == 1 and not verdicts.attempts


def test_a_failure_beside_another_attempt_leaves_the_segment_alone() -> None:
    it = row(rivals=[uuid4()])
    verdicts = decide([it], failed(it.attempt_id, retryable=False))
    assert not verdicts.segments and not verdicts.failed_jobs and not verdicts.landings[0].again


def test_the_last_of_two_attempts_to_fail_decides() -> None:
    first, second = rows_at_one_segment(2)
    verdicts = decide([first, second], failed(first.attempt_id), failed(second.attempt_id))
    assert [end.state for end in verdicts.segments] == [SegmentState.WAITING]
    assert [landing.again for landing in verdicts.landings] == [False, True]


def test_an_agent_that_starts_what_was_cancelled_is_told_to_stop() -> None:
    it = row(AttemptState.CANCELLED, segment=SegmentState.CANCELLED, job=JobState.CANCELLED)
    started = SegmentStarted(attempt_id=it.attempt_id, job_id=JOB, segment_index=0, agent_id="a")
    verdicts = decide([it], started)
    assert verdicts.stopping == {JOB} and verdicts.dropped == [it.attempt_id] and not verdicts.started


def test_reports_of_a_deleted_job_leave_nothing_behind() -> None:
    attempt = uuid4()
    verdicts = decide([], done(attempt))
    assert verdicts.unwanted == [f"key-{attempt}"] and len(verdicts.landings) == 1


def test_a_late_result_that_stored_nothing_leaves_nothing_to_remove() -> None:
    nothing = {"key": None, "size": None, "sha256": None}
    first, gone = row(segment=SegmentState.DONE), uuid4()
    reports = [done(attempt).model_copy(update=nothing) for attempt in (first.attempt_id, gone)]
    verdicts = decide([first], *reports)
    assert [end.state for end in verdicts.attempts] == [AttemptState.LATE] and not verdicts.unwanted


@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["done", "failed", "lost", "fatal"])), max_size=12),
    st.sampled_from([JobState.RUNNING, JobState.CANCELLING, JobState.FAILED]),
)
def test_whatever_is_reported_a_segment_is_won_once_and_ends_once(
    script: list[tuple[int, str]], job: JobState
) -> None:
    rows = rows_at_one_segment(3, job=job)
    reports = {
        "done": lambda attempt: done(attempt),
        "failed": lambda attempt: failed(attempt),
        "lost": lambda attempt: failed(attempt, Reason.AGENT_LOST, fault=True),
        "fatal": lambda attempt: failed(attempt, retryable=False),
    }
    verdicts = decide(rows, *(reports[what](rows[which].attempt_id) for which, what in script))
    states = [end.state for end in verdicts.segments]
    assert states.count(SegmentState.DONE) <= 1
    assert SegmentState.DONE not in states[:-1]
    assert len(verdicts.won) + len(verdicts.unwanted) <= len(script)
    late = [end for end in verdicts.attempts if end.state is AttemptState.LATE]
    assert len({end.attempt_id for end in late}) == len(late), "an attempt came late twice"
    assert {end.charged for end in late} <= {0.0, 2.0}
