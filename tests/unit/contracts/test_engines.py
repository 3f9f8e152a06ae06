"""What the name of an engine says."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.engines import (
    LONGEST_NAME,
    LONGEST_WEIGHTS_NAME,
    SIMSWAP,
    TimedSpan,
    family,
    generator_name,
    needs_weights,
    timed_span,
    with_generator,
)


@pytest.mark.parametrize(
    ("name", "span"),
    [
        ("timed:0", TimedSpan(0, 0)),
        ("timed:2.5", TimedSpan(2.5, 2.5)),
        ("timed:0.1-0.9", TimedSpan(0.1, 0.9)),
        ("timed:600", TimedSpan(600, 600)),
        ("paste", None),
    ],
)
def test_a_timed_engine_declares_its_seconds(name: str, span: TimedSpan | None) -> None:
    assert timed_span(name) == span


@pytest.mark.parametrize(
    "name",
    [
        "timed",
        "timed:",
        "timed:x",
        "timed:-1",
        "timed:2-1",
        "timed:601",
        "timed:0-601",
        "timed:1-2-3",
        "timed:1e2",
    ],
)
def test_one_that_declares_none_is_refused_with_what_would_pass(name: str) -> None:
    with pytest.raises(ValueError, match="timed:<seconds> or timed:<min>-<max>"):
        timed_span(name)


def test_agents_list_the_family() -> None:
    assert [family(name) for name in ("timed:0.5", "timed", "paste")] == ["timed", "timed", "paste"]


def test_every_attempt_at_a_segment_costs_the_same_and_segments_differ() -> None:
    span, job = TimedSpan(1, 3), uuid4()
    drawn = [span.seconds(job, index) for index in range(200)]
    assert drawn == [span.seconds(job, index) for index in range(200)]
    assert all(1 <= seconds < 3 for seconds in drawn)
    assert 1.8 < sum(drawn) / 200 < 2.2


@given(st.floats(0, 600).map(lambda seconds: round(seconds, 3)))
def test_a_declared_time_is_what_is_spent(seconds: float) -> None:
    name = f"timed:{seconds}"
    span = timed_span(name)
    assert span is not None and len(name) <= LONGEST_NAME
    assert span.seconds(uuid4(), 7) == seconds


def test_an_engine_with_weights_may_name_its_generator() -> None:
    assert [needs_weights(name) for name in ("simswap", "simswap:people", "paste", "timed:1")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert (generator_name("simswap"), generator_name("simswap:people")) == (None, "people")
    assert (
        with_generator("simswap", "people") == with_generator("simswap:other", "people") == "simswap:people"
    )
    assert len(with_generator(SIMSWAP, "x" * LONGEST_WEIGHTS_NAME)) == LONGEST_NAME
