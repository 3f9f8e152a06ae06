"""Which end a job may come to, and that its event is always the same one."""

from uuid import uuid4

import pytest

from contracts.states import JobState
from storage.lifecycle import event_id, may_finish

FINAL = [state for state in JobState if state.final]
RUNNING = [JobState.QUEUED, JobState.WAITING, JobState.RUNNING, JobState.MERGING]


@pytest.mark.parametrize("end", FINAL)
@pytest.mark.parametrize("state", RUNNING)
def test_an_unfinished_job_may_end_in_any_way(state: JobState, end: JobState) -> None:
    assert may_finish(state, end)


@pytest.mark.parametrize("end", FINAL)
@pytest.mark.parametrize("state", FINAL)
def test_an_ended_job_never_ends_again(state: JobState, end: JobState) -> None:
    assert not may_finish(state, end)


def test_a_job_being_cancelled_ends_only_as_cancelled() -> None:
    assert [end for end in FINAL if may_finish(JobState.CANCELLING, end)] == [JobState.CANCELLED]


def test_no_job_finishes_in_a_state_that_is_not_final() -> None:
    with pytest.raises(ValueError, match="no final state"):
        may_finish(JobState.RUNNING, JobState.MERGING)


def test_event_ids_differ_by_job_state_and_ending() -> None:
    job = uuid4()
    ids = {event_id(job, state, ending) for state in FINAL for ending in (1, 2)} | {
        event_id(uuid4(), JobState.DONE, 1)
    }
    assert len(ids) == 7
    assert event_id(job, JobState.DONE, 1) == event_id(job, JobState.DONE, 1)
