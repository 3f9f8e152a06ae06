"""Writing a changed box of a picture back into the planes of a frame, and nothing but it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from media.color import Pixels, from_bgr
from media.planes import blend, is_planar, planes, subsampling

Mask = npt.NDArray[np.bool_]

# Planar formats that hold the same as packed ones.
_PLANAR = {"nv12": "yuv420p", "nv21": "yuv420p", "yuyv422": "yuv422p", "uyvy422": "yuv422p"}


@dataclass(frozen=True, slots=True)
class Box:
    """A box of pixels, its right and bottom edges exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def rows(self) -> slice:
        """For indexing an image."""
        return slice(self.top, self.bottom)

    @property
    def columns(self) -> slice:
        """For indexing an image."""
        return slice(self.left, self.right)

    def aligned(self, across: int, down: int, width: int, height: int) -> "Box":
        """Grown to whole blocks of `across` x `down` pixels, within a frame of `width` x `height`."""
        return Box(
            self.left // across * across,
            self.top // down * down,
            min(-(-self.right // across) * across, width),
            min(-(-self.bottom // down) * down, height),
        )


def planar(frame: VideoFrame) -> VideoFrame:
    """A frame of the same picture that can be written to: planar, and shared with no decoder."""
    if not is_planar(frame):
        frame = frame.reformat(format=_PLANAR.get(frame.format.name, "gbrp"))
    frame.make_writable()
    return frame


def paint_box(frame: VideoFrame, picture: Pixels, box: Box, changed: Mask) -> None:
    """Write the pixels of `box` that are `changed` (of the box's size) from `picture` (of the frame's)."""
    whole = box.aligned(*subsampling(frame), frame.width, frame.height)
    mask = np.zeros((whole.bottom - whole.top, whole.right - whole.left), bool)
    top, left = box.top - whole.top, box.left - whole.left
    mask[top : top + changed.shape[0], left : left + changed.shape[1]] = changed
    source = planes(from_bgr(picture[whole.rows, whole.columns], frame))
    for part, target, new in zip(frame.format.components, planes(frame), source, strict=True):
        if not part.is_alpha:
            blend(_at(target, whole, frame, new.shape), new, mask)


def _at(target: npt.NDArray[np.generic], box: Box, frame: VideoFrame, shape: tuple[int, ...]) -> Pixels:
    """The part of a plane under `box`, of the given shape."""
    top = box.top * target.shape[0] // frame.height if box.top else 0
    left = box.left * target.shape[1] // frame.width if box.left else 0
    return target[top : top + shape[0], left : left + shape[1]]  # type: ignore[return-value]
