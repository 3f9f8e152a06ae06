"""The frame-rate limit: which frames are kept, decided frame by frame, so that cutting changes nothing."""

import math
from fractions import Fraction

import numpy as np
import numpy.typing as npt

# Frames on a border of the grid would fall to either side by the rounding of their times. A sixteenth of a
# cell keeps every n-th frame off the borders for n up to 8.
_PHASE = Fraction(1, 16)


def keeps(previous_pts: int | None, pts: int, time_base: Fraction, fps_limit: Fraction | None) -> bool:
    """Whether the frame at `pts` is kept when at most `fps_limit` frames a second are.

    Time is a grid of cells of 1 / `fps_limit` seconds; the first frame of each cell is kept. `previous_pts`
    is the time of the source frame before, kept or not, None for the first of the video: nothing else is
    needed, so a video cut anywhere keeps the same frames as the whole.
    """
    if fps_limit is None or previous_pts is None:
        return True
    return _cell(pts, time_base, fps_limit) != _cell(previous_pts, time_base, fps_limit)


def kept(
    pts: npt.NDArray[np.int64], time_base: Fraction, fps_limit: Fraction | None
) -> npt.NDArray[np.int64]:
    """Those of the ascending times `pts` whose frames are kept."""
    if fps_limit is None:
        return pts
    pairs = zip([None, *pts.tolist()], pts.tolist(), strict=False)
    return np.array([time for before, time in pairs if keeps(before, time, time_base, fps_limit)], np.int64)


def _cell(pts: int, time_base: Fraction, fps_limit: Fraction) -> int:
    return math.floor(pts * time_base * fps_limit + _PHASE)


def even_limit(fps: Fraction, limit: Fraction | None) -> Fraction | None:
    """The rate at or below `limit` that keeps every n-th frame of `fps`, so that motion stays even.

    A limit of 30 makes 29.97 of 59.94, 25 of 50 and 24 of 48 frames a second.
    """
    if limit is None or fps <= limit:
        return None
    return fps / math.ceil(fps / limit)
