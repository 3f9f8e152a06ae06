"""A picture as the one frame of a segment."""

from av.video.frame import VideoFrame

from media.pictures.change import Change, change_between
from media.pixels.color import Pixels
from media.pixels.frame import Frame
from media.pixels.paint import Box


class Still(Frame):
    """A picture to be painted: 8-bit BGR, upright. What was painted is asked for at the end."""

    def __init__(self, pixels: Pixels) -> None:
        """`pixels` are h x w x 3, blue first; they are not written to."""
        super().__init__(VideoFrame.from_ndarray(pixels, format="bgr24"), pts=0)
        self._before = self._bgr = pixels
        self._touched: Box | None = None

    def change(self) -> Change | None:
        """What differs from the picture as it was; None if nothing does."""
        return change_between(self._before, self.to_bgr(), self._touched)

    def _patch(self, box: Box, bgr: Pixels) -> None:
        self._note(box, bgr)
        self._touched = _around(self._touched, box)


def _around(one: Box | None, other: Box) -> Box:
    if one is None:
        return other
    return Box(
        min(one.left, other.left),
        min(one.top, other.top),
        max(one.right, other.right),
        max(one.bottom, other.bottom),
    )
