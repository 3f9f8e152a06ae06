"""Stages: order, bounds, errors, an end that leaves no thread behind."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from gpu_agent.stages import Ahead, waiting_frames


def threads() -> int:
    return sum(thread.name == "stage" for thread in threading.enumerate())


def test_values_come_in_order() -> None:
    with closing(Ahead(range(1000), 3)) as stage:
        assert list(stage) == list(range(1000))
    assert threads() == 0


def test_it_runs_ahead_but_not_far() -> None:
    taken: list[int] = []
    reached = threading.Event()

    def source() -> Iterator[int]:
        for value in range(100):
            taken.append(value)
            if value == 4:
                reached.set()
            yield value

    with closing(Ahead(source(), 4)) as stage:
        assert reached.wait(5)
        values = iter(stage)
        assert next(values) == 0
        assert len(taken) <= 7
    assert threads() == 0


def test_an_error_comes_where_its_value_would_have() -> None:
    def source() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("third")

    seen = []
    with closing(Ahead(source(), 2)) as stage, pytest.raises(ValueError, match="third"):
        for value in stage:
            seen.append(value)  # noqa: PERF402 - what came before the error matters
    assert seen == [1, 2]


def test_chained_stages_end_when_the_last_one_is_left() -> None:
    def endless() -> Iterator[int]:
        value = 0
        while True:
            value += 1
            yield value

    with closing(Ahead(endless(), 2)) as first, closing(Ahead((2 * value for value in first), 2)) as second:
        for value in second:
            if value > 20:
                break
    assert threads() == 0


@pytest.mark.parametrize(("size", "waiting"), [((640, 360), 16), ((1920, 1080), 10), ((7680, 4320), 4)])
def test_a_batch_may_wait_unless_its_frames_are_large(size: tuple[int, int], waiting: int) -> None:
    assert waiting_frames(*size, batch=16) == waiting
