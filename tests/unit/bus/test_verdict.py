import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.actor import Later
from bus.actor.verdict import Again, Bury, HandlerTimeoutError, judge
from contracts.errors import (
    FaceError,
    LimitError,
    MediaError,
    Reason,
    RequestError,
    UnavailableError,
    VisageError,
    WorkError,
)
from contracts.messages import MergeTask

POISON: list[VisageError] = [
    MediaError(Reason.NOT_MEDIA, "no"),
    FaceError(Reason.NO_FACE, "no"),
    LimitError(Reason.SIZE_LIMIT, "no"),
    WorkError(Reason.RESULT_MISMATCH, "no", retryable=False),
]


class BrokenPipeOfTheDatabaseError(Exception):
    pass


@pytest.mark.parametrize("error", POISON)
def test_poison_is_buried_at_once_with_its_reason(error: VisageError) -> None:
    verdict = judge(error, failures=0, max_deliveries=5)
    assert isinstance(verdict, Bury)
    assert verdict.reason.startswith(error.reason)


def test_what_is_no_message_is_buried_at_once() -> None:
    with pytest.raises(ValueError) as caught:
        MergeTask.model_validate_json(b'{"job_id": 1}')
    assert isinstance(judge(caught.value, 0, 5), Bury)


@given(failures=st.integers(0, 10_000), seconds=st.floats(0, 1e6))
def test_later_is_never_counted_and_never_gives_up(failures: int, seconds: float) -> None:
    assert judge(Later(seconds), failures, 5) == Again(seconds, "Later", counted=False)


@given(failures=st.integers(0, 10_000))
def test_an_outage_is_waited_for_however_long(failures: int) -> None:
    outages = (
        UnavailableError("database"),
        ConnectionRefusedError(),
        TimeoutError(),
        BrokenPipeOfTheDatabaseError(),
    )
    for error in outages:
        verdict = judge(error, failures, 5, transient=(BrokenPipeOfTheDatabaseError,))
        assert isinstance(verdict, Again)
        assert not verdict.counted
        assert verdict.delay <= 5


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("bug"),
        WorkError(Reason.DECODE_FAILED, "again"),
        RequestError(Reason.CONFLICT, ""),
        HandlerTimeoutError(),
    ],
)
def test_other_failures_are_tried_until_none_is_left(error: Exception) -> None:
    verdicts = [judge(error, failures, 3) for failures in range(3)]
    assert [type(verdict) for verdict in verdicts] == [Again, Again, Bury]
    assert isinstance(verdicts[0], Again) and verdicts[0].counted
    assert isinstance(verdicts[2], Bury) and "3 tries" in verdicts[2].reason


def test_without_a_bound_nothing_is_given_up() -> None:
    assert isinstance(judge(RuntimeError("bug"), 1_000_000, None), Again)
