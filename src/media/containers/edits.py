"""Edit lists (ISO/IEC 14496-12, section 8.6.6): which part of a track is shown, and when."""

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contracts.errors import MediaError, Reason

_MAX_EDITS = 1000
_LATEST = 2**62  # beyond it, sums of times do not fit into 64 bits


@dataclass(frozen=True, slots=True)
class Edit:
    """One entry: `duration` in units of the movie, `media_time` in units of the track, -1 for a pause."""

    duration: int
    media_time: int
    rate: int


def read_edits(box: memoryview | None) -> list[Edit]:
    """The entries of an `elst` box.

    Raises:
        MediaError: PROBE_LIMIT where there are too many to be real.
    """
    if box is None or len(box) < 8:
        return []
    form = ">QqI" if box[0] == 1 else ">IiI"
    size = struct.calcsize(form)
    count = min(struct.unpack_from(">I", box, 4)[0], (len(box) - 8) // size)
    if count > _MAX_EDITS:
        raise MediaError(
            Reason.PROBE_LIMIT, f"A track of the file is made of {count} pieces, too many to be real."
        )
    return [Edit(*struct.unpack_from(form, box, 8 + index * size)) for index in range(count)]


@dataclass(frozen=True, slots=True)
class Shift:
    """What a simple edit list does: shows samples from `start` to `end` of the track, `pause` later."""

    start: int
    end: int | None
    pause: int

    def shown(self, pts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which samples a player shows."""
        late = pts >= self.end if self.end is not None else np.zeros(len(pts), bool)
        return np.asarray((pts >= self.start) & ~late)

    def apply(self, pts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Presentation times as FFmpeg's demuxer gives them.

        Where the edit begins between two frames, the first one shown begins at once
        (libavformat/mov.c, mov_fix_index, min_corrected_pts).
        """
        shown = pts[self.shown(pts)]
        late = int(shown.min()) - self.start if len(shown) and self.end is not None else 0
        return pts - self.start - late + self.pause


def simplify(edits: list[Edit], timescale: int, movie_timescale: int) -> Shift | None:
    """The shift that an edit list amounts to; None if it is more than pauses and one span at normal speed."""
    pauses = [edit for edit in edits if edit.media_time == -1]
    spans = [edit for edit in edits if edit.media_time >= 0]
    if not edits:
        return Shift(0, None, 0)
    simple = (
        len(spans) == 1
        and len(spans) + len(pauses) == len(edits)
        and edits[-1] is spans[0]
        and spans[0].rate == 0x10000
        and spans[0].duration > 0
    )
    if not simple:
        return None
    pause = _rescale(sum(edit.duration for edit in pauses), timescale, movie_timescale)
    length = _rescale(spans[0].duration, timescale, movie_timescale)
    shift = Shift(spans[0].media_time, spans[0].media_time + length, pause)
    return shift if max(shift.start, length, pause) < _LATEST else None


def offset_of_fragments(edits: list[Edit], timescale: int, movie_timescale: int) -> int | None:
    """What FFmpeg's demuxer takes from the times of samples in fragments, of which it drops none.

    None where the list is more than at most one pause and one span at normal speed
    (libavformat/mov.c, mov_build_index, time_offset).
    """
    spans = [edit for edit in edits if edit.media_time >= 0]
    pauses = edits[: len(edits) - len(spans)]
    if len(spans) > 1 or len(pauses) > 1 or any(edit.media_time != -1 for edit in pauses):
        return None
    if any(edit.rate != 0x10000 for edit in spans):
        return None
    pause = _rescale(pauses[0].duration, timescale, movie_timescale) if pauses else 0
    offset = (spans[0].media_time if spans else 0) - pause
    return offset if abs(offset) < _LATEST else None


def _rescale(value: int, numerator: int, denominator: int) -> int:
    """`value` * numerator / denominator, rounded to nearest as av_rescale does."""
    return (2 * value * numerator + denominator) // (2 * denominator)
