"""The index of a fragmented MP4 or MOV file, read from its `moof` boxes alone (ISO/IEC 14496-12, section 8.8).

Times are as FFmpeg's demuxer gives them (libavformat/mov.c, mov_read_trun); where they would depend on what it
has read before, there is no index.
"""

import struct
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from contracts.errors import MediaError, Reason
from media.containers.boxes import Box, find, inner_boxes
from media.containers.moov import Defaults, Movie, Track
from media.sources.source import Source

Integers = npt.NDArray[np.int64]

_MAX_MOOF = 16 * 2**20  # bytes; a fragment of an hour of 60 fps video needs 4 MB
_MAX_SAMPLES = 20_000_000
_NOT_SYNC = 0x0001_0000
_DEPENDS = 0x0100_0000
_TRUN_OFFSET, _TRUN_FIRST_FLAGS = 0x1, 0x4
_TRUN_FLAGS = 0x400
_TRUN_COLUMNS = (0x100, 0x200, _TRUN_FLAGS, 0x800)  # duration, size, flags, composition offset
_TFHD_SKIPPED = ((0x1, 8), (0x2, 4))  # base data offset, sample description
_TFHD_DEFAULTS = (0x8, 0x10, 0x20)  # duration, size, flags


@dataclass(frozen=True, slots=True)
class Fragment:
    """The samples of a `moof` box, and the first and last byte (exclusive) of it and its media.

    Attributes:
        rows: A row for each sample in decoding order: decoding time, presentation time, duration, 1 for a key
            frame.
    """

    rows: Integers
    start: int
    end: int

    @property
    def shift(self) -> int:
        """By how much a sample is shown before it is decoded, at most; 0 where none is."""
        return max(0, int((self.rows[:, 0] - self.rows[:, 1]).max()))


def read_fragments(source: Source, movie: Movie, track: Track, offset: int) -> list[Fragment] | None:
    """Every fragment with samples of `track`, `offset` taken from their times.

    None where fragments do not say themselves when they begin, or go back in time.

    Raises:
        MediaError: PROBE_LIMIT where an index is too large to be real.
    """
    found: list[Fragment] = []
    count, last = 0, None
    ends = [*(moof.offset for moof in movie.moofs[1:]), source.size]
    for moof, end in zip(movie.moofs, ends, strict=True):
        rows = _samples(_content(source, moof), track.id, movie.defaults.get(track.id, Defaults()))
        if rows is None or (last is not None and len(rows) and rows[0, 0] <= last):
            return None
        if not len(rows):
            continue
        last, count = int(rows[-1, 0]), _bounded(count + len(rows))
        found.append(Fragment(rows - np.array([offset, offset, 0, 0], np.int64), moof.offset, end))
    return _shifted(found)


def _shifted(fragments: list[Fragment]) -> list[Fragment] | None:
    """Presentation no earlier than decoding: everything is shown later by the largest negative offset.

    FFmpeg's demuxer knows the largest that it has met; so every fragment but the last has to have it.
    """
    shifts = [fragment.shift for fragment in fragments]
    largest = max(shifts, default=0)
    if any(shift != largest for shift in shifts[:-1]):
        return None
    later = np.array([0, largest, 0, 0], np.int64)
    return [replace(fragment, rows=fragment.rows + later) for fragment in fragments] if largest else fragments


def _content(source: Source, moof: Box) -> memoryview:
    if moof.end - moof.start > _MAX_MOOF:
        raise MediaError(Reason.PROBE_LIMIT, "An index of the file is too large to be real.")
    source.seek(moof.start)
    return memoryview(source.read(moof.end - moof.start))


def _bounded(count: int) -> int:
    if count > _MAX_SAMPLES:
        raise MediaError(Reason.PROBE_LIMIT, "The file's index names more frames than any real file has.")
    return count


def _samples(moof: memoryview, track: int, defaults: Defaults) -> Integers | None:
    """Rows of the samples of `track`; None where they cannot be told for sure."""
    runs: list[Integers] = [np.zeros((0, 4), np.int64)]
    for box in inner_boxes(moof):
        header = find(moof, b"tfhd", box.start, box.end) if box.kind == b"traf" else None
        if header is None or len(header) < 8 or struct.unpack_from(">I", header, 4)[0] != track:
            continue
        rows = _track_run(moof[box.start : box.end], header, defaults)
        if rows is None:
            return None
        runs.append(rows)
    rows = np.concatenate(runs)
    return rows if bool((np.diff(rows[:, 0]) > 0).all()) else None


def _track_run(traf: memoryview, header: memoryview, defaults: Defaults) -> Integers | None:
    own = _own_defaults(header, defaults)
    start = _decode_time(find(traf, b"tfdt"))
    if own is None or start is None:
        return None
    runs = [_run(traf[box.start : box.end], own) for box in inner_boxes(traf) if box.kind == b"trun"]
    values = [run for run in runs if run is not None]
    if len(values) < len(runs):
        return None
    durations, flags, offsets = np.concatenate([np.zeros((0, 3), np.int64), *values]).T
    dts = start + np.cumsum(durations) - durations
    key = ((flags & (_NOT_SYNC | _DEPENDS)) == 0).astype(np.int64)
    return np.stack([dts, dts + offsets, durations, key], axis=1)


def _own_defaults(header: memoryview, defaults: Defaults) -> Defaults | None:
    """What a `tfhd` box says instead of the track's defaults; None for another sample description."""
    flags = struct.unpack_from(">I", header)[0]
    place = 8
    for flag, width in _TFHD_SKIPPED:
        if flags & flag:
            if flag == 0x2 and bytes(header[place : place + 4]) != b"\0\0\0\1":
                return None
            place += width
    values = [defaults.duration, defaults.size, defaults.flags]
    for column, flag in enumerate(_TFHD_DEFAULTS):
        if flags & flag:
            if place + 4 > len(header):
                return None
            values[column] = struct.unpack_from(">I", header, place)[0]
            place += 4
    return Defaults(*values)


def _decode_time(box: memoryview | None) -> int | None:
    """The decoding time of a fragment's first sample, from its `tfdt` box."""
    if box is None or len(box) < (12 if bytes(box[:1]) == b"\1" else 8):
        return None
    time = int(struct.unpack_from(">Q" if box[0] == 1 else ">I", box, 4)[0])
    return time if time < 2**62 else None


def _run(box: memoryview, defaults: Defaults) -> Integers | None:
    """A row for each sample of a `trun` box: duration, flags, composition offset; None where it is damaged."""
    if len(box) < 16:
        return None
    flags, count = struct.unpack_from(">II", box)
    place = 8 + 4 * bool(flags & _TRUN_OFFSET)
    first = struct.unpack_from(">I", box, place)[0] if flags & _TRUN_FIRST_FLAGS else None
    place += 4 * bool(flags & _TRUN_FIRST_FLAGS)
    columns = [flag for flag in _TRUN_COLUMNS if flags & flag]
    if not columns or place + 4 * count * len(columns) > len(box):
        return None
    table = np.frombuffer(box[place:], ">u4", count * len(columns)).reshape(count, len(columns))
    told = dict(zip(columns, table.T.astype(np.int64), strict=True))
    others = (defaults.duration, defaults.size, defaults.flags, 0)
    durations, sizes, marks, offsets = (
        told.get(flag, np.full(count, other, np.int64))
        for flag, other in zip(_TRUN_COLUMNS, others, strict=True)
    )
    if first is not None and _TRUN_FLAGS not in told:
        marks[:1] = first
    signed = np.where(offsets >= 2**31, offsets - 2**32, offsets)
    return np.stack([durations, marks, signed], axis=1) if sizes.all() else None
