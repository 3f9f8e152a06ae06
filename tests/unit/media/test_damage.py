"""What may be missing of a result, and how it is told."""

from fractions import Fraction

import numpy as np

from contracts.media import SegmentRange
from media.joining.damage import damage_note, excused


def _span(start: int, end: int | None) -> SegmentRange:
    return SegmentRange(index=0, start_pts=start, end_pts=end, seek_pts=start, seconds=1)


def _times(*values: int) -> "np.typing.NDArray[np.int64]":
    return np.array(values, np.int64)


def test_only_damaged_ranges_excuse() -> None:
    missing = _times(5, 10, 19, 20, 35)
    assert excused(missing, [_span(10, 20)]).tolist() == [10, 19]
    assert excused(missing, [_span(0, 6), _span(20, None)]).tolist() == [5, 20, 35]
    assert excused(missing, []).tolist() == []


def test_without_damage_nothing_is_told() -> None:
    assert damage_note(_times(), [], Fraction(1, 10)) == []


def test_frames_that_are_missing_are_told_with_their_times() -> None:
    (note,) = damage_note(_times(5, 36_610), [_span(0, None)], Fraction(1, 10))
    assert "2 frames" in note.text and "0:00.500, 1:01:01.000" in note.text
    (one,) = damage_note(_times(625), [_span(0, None)], Fraction(1, 10))
    assert "One frame" in one.text and "1:02.500" in one.text


def test_many_times_are_cut_short() -> None:
    (note,) = damage_note(np.arange(40, dtype=np.int64), [_span(0, None)], Fraction(1))
    assert "0:09.000 and more" in note.text and "0:10.000" not in note.text
    assert note.detail["frames"] == 40 and len(note.detail["seconds"]) == 10


def test_damage_that_cost_no_frame_is_told_by_its_place() -> None:
    (note,) = damage_note(_times(), [_span(20, 40)], Fraction(1, 10))
    assert "after 0:02.000" in note.text and note.detail == {"frames": 0, "seconds": [2.0]}
