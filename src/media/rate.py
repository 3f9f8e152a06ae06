"""The frame-rate limit: which frames are kept, decided frame by frame, so that cutting changes nothing."""

import math
from fractions import Fraction

# Frames near a border of the grid would fall to either side by the rounding of their times.
_PHASE = Fraction(1, 4)


def keeps(previous_pts: int | None, pts: int, time_base: Fraction, fps_limit: Fraction | None) -> bool:
    """Whether the frame at `pts` is kept when at most `fps_limit` frames a second are.

    Time is a grid of cells of 1 / `fps_limit` seconds; the first frame of each cell is kept. `previous_pts`
    is the time of the source frame before, kept or not, None for the first of the video: nothing else is
    needed, so a video cut anywhere keeps the same frames as the whole.
    """
    if fps_limit is None or previous_pts is None:
        return True
    return _cell(pts, time_base, fps_limit) != _cell(previous_pts, time_base, fps_limit)


def _cell(pts: int, time_base: Fraction, fps_limit: Fraction) -> int:
    return math.floor(pts * time_base * fps_limit + _PHASE)


def even_limit(fps: Fraction, limit: Fraction | None) -> Fraction | None:
    """The rate at or below `limit` that keeps every n-th frame of a video of `fps`, so that motion stays even.

    A limit of 30 makes 29.97 of 59.94, 25 of 50 and 24 of 48 frames a second.
    """
    if limit is None or fps <= limit:
        return None
    return fps / math.ceil(fps / limit)
