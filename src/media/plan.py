"""The segment plan: ranges of presentation time, cut at key frames where they are near, by time where not."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from contracts.media import MediaLimits, Plan, SegmentRange
from media.containers.bounds import check_duration
from media.containers.container import kind_of
from media.containers.index import FrameIndex, Integers, read_stored, walk_index
from media.containers.sniff import PICTURES
from media.sources.source import Source

# Decoding before a cut by time costs at most this many times the decoding of the segment itself.
_LONGEST_RUN_UP = 4
# Frames before a range that its reader can ask for as context lie within the range's window.
_BEFORE = 24


def plan(source: Source, target_seconds: float, every_frame: bool = True) -> Plan:
    """Cut the main video into segments of about `target_seconds`; reads the container's index where it has one.

    Args:
        every_frame: Whether the frame before each segment has to be known, as a frame-rate limit asks for.

    Raises:
        MediaError: See `media.containers.index.read_index`; BAD_DURATION, whatever the headers said at the probe.
    """
    if kind_of(source) in PICTURES:
        return _picture_plan(source)
    index = read_stored(source, None if every_frame else target_seconds) or walk_index(source)
    check_duration(float((_end(index) - int(index.pts[0]) or 1) * index.time_base), MediaLimits())
    segments = cut(index, target_seconds)
    return Plan(
        time_base=index.time_base,
        segments=segments,
        stream_index=index.stream_index,
        end_pts=index.end if index.whole else None,
        frames=len(index.pts) if index.whole else None,
        bytes_read=source.bytes_read,
    )


def cut(index: FrameIndex, target_seconds: float) -> list[SegmentRange]:
    """Partition the frames of `index` into segments of about `target_seconds`, none shorter than half of it
    but the only one."""
    return list(_segments(index, _starts(index, max(1, round(target_seconds / index.time_base)))))


def _starts(index: FrameIndex, target: int) -> list[int]:
    starts = [int(index.pts[0])]
    while (start := _next_start(index, starts[-1], target)) is not None:
        starts.append(start)
    return starts


def _next_start(index: FrameIndex, start: int, target: int) -> int | None:
    """Where the segment after the one at `start` begins: a key frame within half a target of the ideal place,
    else the frame there; None where less than half a target would remain."""
    run_up = start - _key_before(index.keys, start)
    length = max(target, run_up // _LONGEST_RUN_UP)
    ideal = start + length
    latest = _end(index) - (target + 1) // 2
    key = _nearest(index.keys, ideal)
    near = abs(key - ideal) * 2 <= target and key > start
    place = int(np.searchsorted(index.pts, key if near and key <= latest else ideal))
    chosen = int(index.pts[place]) if place < len(index.pts) else None
    return chosen if chosen is not None and start < chosen <= latest else None


def _end(index: FrameIndex) -> int:
    return index.end if index.end is not None else int(index.pts[-1])


def _key_before(keys: Integers, pts: int) -> int:
    place = int(np.searchsorted(keys, pts, side="right"))
    return int(keys[max(0, place - 1)])


def _nearest(keys: Integers, pts: int) -> int:
    place = int(np.searchsorted(keys, pts))
    around = keys[max(0, place - 1) : place + 1]
    return int(around[np.argmin(np.abs(around - pts))])


def _segments(index: FrameIndex, starts: list[int]) -> Iterator[SegmentRange]:
    """The ranges between `starts`. Places in the index are looked up for all of them at once."""
    firsts = np.searchsorted(index.pts, starts)
    seeks = index.keys[np.maximum(np.searchsorted(index.keys, starts, side="right") - 1, 0)]
    places = [*firsts.tolist(), len(index.pts)]
    ends = [*starts[1:], None]
    last_keys = [*seeks[1:].tolist(), None]
    for number, (start, end, seek) in enumerate(zip(starts, ends, seeks.tolist(), strict=True)):
        first, last = places[number], places[number + 1]
        until = end if end is not None else _end(index)
        yield SegmentRange(
            index=number,
            start_pts=start,
            end_pts=end,
            seek_pts=min(seek, start),
            last_key_pts=last_keys[number],
            previous_pts=int(index.pts[first - 1]) if first and index.whole else None,
            frames=last - first if index.whole else None,
            seconds=float((until - start) * index.time_base),
            window=_window(index, min(seek, int(index.pts[max(0, first - _BEFORE)])), end),
        )


def _window(index: FrameIndex, begin: int, end: int | None) -> tuple[int, int, int] | None:
    return index.windows.around(begin, end) if index.windows is not None else None


def _picture_plan(source: Source) -> Plan:
    only = SegmentRange(index=0, start_pts=0, end_pts=None, seek_pts=0, frames=1, seconds=0.04)
    return Plan(time_base=Fraction(1, 25), segments=[only], end_pts=1, frames=1, bytes_read=source.bytes_read)
