"""Figures and times in words."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.messages import now
from gateway.site import formats


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"), (999, "999 bytes"), (1000, "1 kB"), (1540, "1.5 kB"), (15_400, "15 kB"),
        (500 * 10**6, "500 MB"), (5 * 10**9, "5 GB"), (1_250_000_000, "1.2 GB"),
    ],
)  # fmt: skip
def test_sizes_have_decimal_units(count: int, text: str) -> None:
    assert formats.size(count) == text


@given(st.integers(min_value=1, max_value=10**13))
def test_a_size_is_told_within_a_twentieth(count: int) -> None:
    number, unit = formats.size(count).split(" ")
    factor = {"bytes": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}[unit]
    assert abs(float(number) * factor - count) <= count / 20 + 0.5


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"), (0.04, "0 s"), (4, "4 s"),
        (7.44, "7.4 s"), (9.97, "10 s"), (59.4, "59 s"),
        (59.6, "1 min"), (200, "3 min 20 s"), (3600, "1 h"), (3900, "1 h 5 min"),
        (14400, "4 h"), (3661, "1 h 1 min"),
    ],
)  # fmt: skip
def test_durations_are_told_in_two_units_at_most(seconds: float, text: str) -> None:
    assert formats.duration(seconds) == text


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=2), "just now"),
        (timedelta(seconds=61), "1 minute ago"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(days=3), "3 days ago"),
    ],
)
def test_the_past_is_told_by_its_distance(age: timedelta, text: str) -> None:
    assert formats.ago(now() - age) == text


def test_the_far_past_is_a_date() -> None:
    moment = now() - timedelta(days=45)
    assert formats.ago(moment) == formats.day(moment)


@pytest.mark.parametrize(
    ("fps", "text"), [(Fraction(30000, 1001), "29.97"), (Fraction(25), "25"), (59.94, "59.94"), (None, "")]
)
def test_frame_rates_lose_needless_zeros(fps: Fraction | float | None, text: str) -> None:
    assert formats.frame_rate(fps) == text


@given(st.integers(min_value=0, max_value=10**15))
def test_grouping_changes_no_digit(number: int) -> None:
    groups = formats.count(number).split("\u202f")
    assert int("".join(groups)) == number
    assert all(len(group) == 3 for group in groups[1:])
