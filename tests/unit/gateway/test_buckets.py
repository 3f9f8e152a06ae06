"""Token buckets."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.buckets import Buckets


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_full_bucket_allows_its_limit_and_then_refuses() -> None:
    clock = Clock()
    buckets = Buckets(3, clock)
    assert [buckets.take("a").allowed for _ in range(4)] == [True, True, True, False]
    assert buckets.take("b").allowed


def test_it_says_when_the_next_request_passes_and_keeps_its_word() -> None:
    clock = Clock()
    buckets = Buckets(6, clock)
    for _ in range(6):
        buckets.take("a")
    refused = buckets.take("a")
    assert (refused.allowed, refused.remaining, refused.limit) == (False, 0, 6)
    clock.now += refused.reset_seconds
    assert buckets.take("a").allowed


@given(st.lists(st.floats(0, 5), min_size=1, max_size=200))
def test_never_more_than_the_burst_and_the_rate(pauses: list[float]) -> None:
    clock = Clock()
    buckets = Buckets(10, clock)
    passed = 0
    for pause in pauses:
        clock.now += pause
        passed += buckets.take("a").allowed
    assert passed <= 10 + clock.now * 10 / 60 + 1e-6
