"""A frame-rate limit keeps the same frames whether a video is cut or not."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rate import even_limit, keeps, kept

_BASE = Fraction(1, 1000)


@given(
    steps=st.lists(st.integers(1, 200), min_size=1, max_size=200),
    start=st.integers(-500, 10**6),
    limit=st.integers(1, 60),
    cuts=st.sets(st.integers(1, 199)),
)
def test_cut_or_uncut_the_same_frames_are_kept(
    steps: list[int], start: int, limit: int, cuts: set[int]
) -> None:
    pts = (np.cumsum(np.array(steps, np.int64)) + start).tolist()
    whole = kept(np.array(pts), _BASE, Fraction(limit)).tolist()
    borders = [0, *sorted(cut for cut in cuts if cut < len(pts)), len(pts)]
    parted = [
        time
        for first, last in pairwise(borders)
        for time in _part(pts[first:last], pts[first - 1] if first else None, Fraction(limit))
    ]
    assert parted == whole
    seconds = (pts[-1] - pts[0]) * _BASE
    assert len(whole) <= seconds * limit + 2


def _part(pts: list[int], previous: int | None, limit: Fraction) -> list[int]:
    """What a segment keeps that knows nothing but its own frames and the time of the one before."""
    pairs = zip([previous, *pts], pts, strict=False)
    return [time for before, time in pairs if keeps(before, time, _BASE, limit)]


@pytest.mark.parametrize(
    ("fps", "limit", "even"),
    [
        (Fraction(60000, 1001), 30, Fraction(30000, 1001)),
        (Fraction(50), 30, Fraction(25)),
        (Fraction(120), 60, Fraction(60)),
        (Fraction(30), 30, None),
        (Fraction(24), 30, None),
    ],
)
def test_a_limit_becomes_one_that_keeps_every_nth_frame(
    fps: Fraction, limit: int, even: Fraction | None
) -> None:
    assert even_limit(fps, Fraction(limit)) == even


@pytest.mark.parametrize("fps", [Fraction(60000, 1001), Fraction(60), Fraction(50), Fraction(120)])
def test_motion_stays_even_though_times_are_rounded(fps: Fraction) -> None:
    pts = np.array([round(place * 1000 / fps) for place in range(600)])
    limit = even_limit(fps, Fraction(30))
    times = kept(pts, _BASE, limit)
    every = round(fps / limit) if limit else 1
    assert times.tolist() == pts[::every].tolist()
