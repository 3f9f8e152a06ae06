"""Writing a changed box of a picture back into the planes of a frame, and nothing but it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from media.pixels.color import Pixels, from_bgr
from media.pixels.planes import Plane, is_planar, planes, shift

Mask = npt.NDArray[np.bool_]

_BLOCK = 16  # pixels: a multiple of every subsampling

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

    def overlaps(self, other: "Box") -> bool:
        """Whether they have a pixel in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def grown(self, width: int, height: int) -> "Box":
        """Grown to whole blocks of 16 x 16 pixels and one more, within a frame of `width` x `height`.

        Blocks share no chroma with their neighbors, and swscale errs in pictures less than 4 pixels wide.
        """
        return Box(
            max(0, self.left // _BLOCK - 1) * _BLOCK,
            max(0, self.top // _BLOCK - 1) * _BLOCK,
            min(-(-self.right // _BLOCK) * _BLOCK, width),
            min(-(-self.bottom // _BLOCK) * _BLOCK, height),
        )


def planar(frame: VideoFrame) -> VideoFrame:
    """A frame of the same picture that can be written to: planar, and shared with no decoder."""
    if not is_planar(frame):
        frame = frame.reformat(format=_PLANAR.get(frame.format.name) or _colors_of(frame))
    frame.make_writable()
    return frame


def _colors_of(frame: VideoFrame) -> str:
    """Planar RGB with as many bits and as much transparency as the frame has."""
    parts = frame.format.components
    depth = "16le" if max(part.bits for part in parts) > 8 else ""
    return ("gbrap" if any(part.is_alpha for part in parts) else "gbrp") + depth


def differing(before: Pixels, after: Pixels) -> Mask:
    """Where two pictures of one size differ, height x width; many times as fast as `any` over three colors."""
    blue, green, red = np.moveaxis(before != after, 2, 0)
    return np.asarray(blue | green | red)


def paint_box(frame: VideoFrame, before: Pixels, after: Pixels, box: Box) -> None:
    """Move the planes of `frame` by what lies between two pictures of `box`, where they differ.

    Adding the difference of two conversions, instead of writing one, leaves out the error that both share
    and keeps what 8 bits cannot hold. `box` consists of whole blocks: see `Box.grown`.
    """
    changed = differing(before, after)
    old, new = planes(from_bgr(before, frame)), planes(from_bgr(after, frame))
    parts = frame.format.components
    for part, target, was, now in zip(parts, planes(frame), old, new, strict=True):
        if not part.is_alpha:
            shift(_under(target, box, frame, now.shape), was, now, changed, part.bits)


def _under(target: Plane, box: Box, frame: VideoFrame, shape: tuple[int, ...]) -> Plane:
    """The part of a plane under `box`, of the given shape; a plane may be coarser than the frame."""
    down, across = -(-frame.height // target.shape[0]), -(-frame.width // target.shape[1])
    top, left = box.top // down, box.left // across
    return target[top : top + shape[0], left : left + shape[1]]
