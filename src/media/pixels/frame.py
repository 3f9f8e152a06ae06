"""A frame that stays in its own colors: only what is painted goes through BGR."""

import numpy as np
from av.video.frame import VideoFrame

from media.pixels.color import Pixels, to_bgr
from media.pixels.paint import Box, paint_box, planar


class Frame:
    """A decoded frame.

    Attributes:
        pts: Presentation time in the stream's time base.
        in_range: False for frames of context, which are looked at but not encoded.
        video: The frame as PyAV has it.
        painted: Whether any pixel was changed.
    """

    def __init__(self, video: VideoFrame, pts: int, in_range: bool = True) -> None:
        self.video = video
        self.pts = pts
        self.in_range = in_range
        self.painted = False
        self._bgr: Pixels | None = None

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.video.width

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.video.height

    def to_bgr(self) -> Pixels:
        """The picture as height x width x 3 bytes, blue first; made once, read-only: copy it to draw."""
        if self._bgr is None:
            self._bgr = to_bgr(self.video)
            self._bgr.flags.writeable = False
        return self._bgr

    @property
    def size(self) -> int:
        """Bytes of the frame in its own colors."""
        return sum(plane.buffer_size for plane in self.video.planes)

    def let_go(self) -> None:
        """Forget what was made by `to_bgr`; it is made again where it is asked for."""
        self._bgr = None

    def patch(self, x: int, y: int, bgr: Pixels) -> None:
        """Paint a box: `bgr` (h x w x 3) with its upper left corner at pixel (x, y), clipped to the frame.

        Pixels equal to `to_bgr()` keep their decoded values to the bit; where chroma is subsampled, a
        changed pixel changes the chroma of its block.
        """
        left, top = max(x, 0), max(y, 0)
        right, bottom = min(x + bgr.shape[1], self.width), min(y + bgr.shape[0], self.height)
        if left < right and top < bottom:
            self._patch(Box(left, top, right, bottom), bgr[top - y : bottom - y, left - x : right - x])

    def paint(self, bgr: Pixels) -> None:
        """Take over a whole picture of the frame's size; pixels equal to `to_bgr()` stay as decoded."""
        rows, columns = np.nonzero((bgr != self.to_bgr()).any(axis=2))
        if len(rows):
            box = Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
            self._patch(box, bgr[box.rows, box.columns])

    def _patch(self, box: Box, bgr: Pixels) -> None:
        before = self.to_bgr()
        changed = (bgr != before[box.rows, box.columns]).any(axis=2)
        if not changed.any():
            return
        after = before.copy()
        after[box.rows, box.columns] = bgr
        self.video = planar(self.video)
        paint_box(self.video, before, after, box, changed)
        after.flags.writeable = False
        self._bgr, self.painted = after, True
