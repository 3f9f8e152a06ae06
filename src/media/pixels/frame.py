"""A frame that stays in its own colors: only what is painted goes through BGR."""

import numpy as np
from av.video.frame import VideoFrame

from media.pixels.color import Pixels, to_bgr
from media.pixels.paint import Box, differing, paint_box, planar


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
        self._painted: list[tuple[Box, Pixels]] = []  # since `_bgr` was made

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.video.width

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.video.height

    def to_bgr(self) -> Pixels:
        """The picture as height x width x 3 bytes, blue first; read-only: copy it to draw.

        It is made when it is first asked for, and anew when it was painted on since; what was handed out stays.
        """
        if self._bgr is None:
            self._bgr = to_bgr(self.video)
        elif self._painted:
            self._bgr = self._bgr.copy()
            for box, pixels in self._painted:
                self._bgr[box.rows, box.columns] = pixels
        self._painted.clear()
        self._bgr.flags.writeable = False
        return self._bgr

    def part(self, box: Box) -> Pixels:
        """A box of the picture, within the frame; read-only. Of what was painted it looks at that box alone."""
        if self._bgr is None:
            return self.to_bgr()[box.rows, box.columns]
        over = [one for one in self._painted if one[0].overlaps(box)]
        if not over:
            return self._bgr[box.rows, box.columns]
        result = self._bgr[box.rows, box.columns].copy()
        for painted, pixels in over:
            _lay(result, box, pixels, painted)
        result.flags.writeable = False
        return result

    @property
    def size(self) -> int:
        """Bytes of the frame in its own colors."""
        return sum(plane.buffer_size for plane in self.video.planes)

    def let_go(self) -> None:
        """Forget what was made by `to_bgr`; it is made again where it is asked for."""
        self._bgr = None
        self._painted.clear()

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
        rows, columns = np.nonzero(differing(bgr, self.to_bgr()))
        if len(rows):
            box = Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
            self._patch(box, bgr[box.rows, box.columns])

    def _patch(self, box: Box, bgr: Pixels) -> None:
        whole = box.grown(self.width, self.height)
        before = self.part(whole)
        after = before.copy()
        _lay(after, whole, bgr, box)
        if np.array_equal(before, after):
            return
        self.video = planar(self.video)
        paint_box(self.video, before, after, whole)
        self._note(box, bgr)

    def _note(self, box: Box, bgr: Pixels) -> None:
        """What `to_bgr` shows from now on."""
        self._painted.append((box, bgr.copy()))
        self.painted = True


def _lay(onto: Pixels, where: Box, pixels: Pixels, box: Box) -> None:
    """Write what `box` holds over a picture of the box `where`, as far as that reaches."""
    left, top = max(box.left, where.left), max(box.top, where.top)
    right, bottom = min(box.right, where.right), min(box.bottom, where.bottom)
    if left < right and top < bottom:
        common = pixels[top - box.top : bottom - box.top, left - box.left : right - box.left]
        onto[top - where.top : bottom - where.top, left - where.left : right - where.left] = common
