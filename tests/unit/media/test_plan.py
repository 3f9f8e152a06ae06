"""The segments of any plan partition the frames."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from media.index import FrameIndex
from media.plan import cut

_BASE = Fraction(1, 1000)


@st.composite
def _indexes(draw: st.DrawFn) -> FrameIndex:
    steps = draw(st.lists(st.integers(1, 400), min_size=1, max_size=200))
    pts = np.cumsum(np.array(steps, np.int64)) + draw(st.integers(-1000, 10**6))
    places = draw(st.sets(st.integers(0, len(pts) - 1), max_size=20)) | {0}
    end = int(pts[-1]) + draw(st.integers(1, 400)) if draw(st.booleans()) else None
    return FrameIndex(0, _BASE, pts, pts[sorted(places)], end)


@given(index=_indexes(), seconds=st.floats(0.01, 60))
def test_every_frame_is_in_exactly_one_segment(index: FrameIndex, seconds: float) -> None:
    segments = cut(index, seconds)
    assert [segment.index for segment in segments] == list(range(len(segments)))
    assert segments[-1].end_pts is None
    assert sum(segment.frames or 0 for segment in segments) == len(index.pts)
    for before, after in pairwise(segments):
        assert before.end_pts == after.start_pts
    for segment in segments:
        held = [
            p
            for p in index.pts
            if p >= segment.start_pts and (segment.end_pts is None or p < segment.end_pts)
        ]
        assert len(held) == segment.frames and held[0] == segment.start_pts
        earlier = index.pts[index.pts < segment.start_pts]
        assert segment.previous_pts == (earlier[-1] if len(earlier) else None)
        assert segment.seek_pts in index.keys and segment.seek_pts <= segment.start_pts


def test_cuts_fall_on_key_frames_that_are_near() -> None:
    pts = np.arange(0, 60_000, 40, dtype=np.int64)
    segments = cut(FrameIndex(0, _BASE, pts, pts[::60], 60_000), 5)
    assert all(segment.seek_pts == segment.start_pts for segment in segments)
    assert all(4 <= segment.seconds <= 7.5 for segment in segments)


def test_one_group_of_pictures_is_cut_by_time_with_a_bounded_run_up() -> None:
    pts = np.arange(0, 600_000, 40, dtype=np.int64)
    segments = cut(FrameIndex(0, _BASE, pts, pts[:1], 600_000), 5)
    assert len(segments) > 5
    for segment in segments[:-1]:
        assert segment.start_pts - segment.seek_pts <= 4 * 1000 * segment.seconds + 40
