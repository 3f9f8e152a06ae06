from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from bus.backoff import delay_after, delays

SECONDS = st.floats(0.001, 1000)


@given(failures=st.integers(1, 10_000), first=SECONDS, most=SECONDS)
def test_a_delay_is_jittered_below_its_ceiling(failures: int, first: float, most: float) -> None:
    ceiling = min(most, first * 2.0 ** min(failures - 1, 60))
    assert ceiling / 2 <= delay_after(failures, first, most) <= ceiling


def test_delays_double_up_to_the_most() -> None:
    for delay, ceiling in zip(islice(delays(1.0, 6.0), 6), [1, 2, 4, 6, 6, 6], strict=True):
        assert ceiling / 2 <= delay <= ceiling


def test_two_who_fail_together_do_not_come_back_together() -> None:
    assert len({delay_after(3, 1.0, 60.0) for _ in range(20)}) > 10
