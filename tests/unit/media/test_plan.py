"""The segments of any plan partition the frames."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from contracts.media import SegmentRange
from media.containers.found import FrameIndex
from media.containers.fragments import Fragment
from media.containers.windows import windows_of
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


@given(index=_indexes(), seconds=st.floats(0.01, 60))
def test_no_segment_is_shorter_than_half_the_target_but_the_only_one(
    index: FrameIndex, seconds: float
) -> None:
    segments, target = cut(index, seconds), max(1, round(seconds / _BASE))
    end = index.end if index.end is not None else int(index.pts[-1])
    starts = [segment.start_pts for segment in segments]
    lengths = [after - before for before, after in pairwise([*starts, end])]
    assert len(segments) == 1 or min(lengths) * 2 >= target
    for segment, length in zip(segments[:-1], lengths, strict=False):
        assert segment.start_pts - segment.seek_pts <= 8 * length + 4


@given(index=_indexes(), seconds=st.floats(0.01, 60))
def test_key_frames_alone_partition_the_frames_too(index: FrameIndex, seconds: float) -> None:
    end = index.end or int(index.pts[-1]) + 1
    segments = cut(FrameIndex(0, _BASE, index.keys, index.keys, end, whole=False), seconds)
    _check_partition(index, segments)
    for segment in segments:
        assert segment.seek_pts == segment.start_pts and segment.start_pts in index.keys
        assert segment.frames is None and segment.previous_pts is None


def _check_partition(index: FrameIndex, segments: list[SegmentRange]) -> None:
    assert segments[0].start_pts == index.pts[0] and segments[-1].end_pts is None
    assert all(before.end_pts == after.start_pts for before, after in pairwise(segments))
    assert all(before.start_pts < after.start_pts for before, after in pairwise(segments))


@given(index=_indexes(), seconds=st.floats(0.01, 10), data=st.data())
def test_the_window_of_a_segment_holds_its_frames_and_what_they_are_decoded_from(
    index: FrameIndex, seconds: float, data: st.DataObject
) -> None:
    fragments, place = [], 1000
    left = np.stack([index.pts, index.pts, index.pts * 0, np.isin(index.pts, index.keys)], axis=1).astype(
        np.int64
    )
    while len(left):
        count = data.draw(st.integers(1, 60))
        fragments.append(Fragment(left[:count], place, place + 10))
        left, place = left[count:], place + 10
    index = FrameIndex(0, _BASE, index.pts, index.keys, index.end, windows=windows_of(fragments, 900))
    for segment in cut(index, seconds):
        assert segment.window is not None
        head, start, end = segment.window
        held = np.concatenate([one.rows[:, 1] for one in fragments if start <= one.start and one.end <= end])
        needed = index.pts[(index.pts >= segment.seek_pts) & (index.pts < (segment.end_pts or 2**62))]
        assert head == 900 and np.isin(needed, held).all()


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
