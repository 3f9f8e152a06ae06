"""Where a face is in a picture, for measures: the oval that a swap changes, and all that it may touch."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from faces.align import ARCFACE_112, Matrix, inverse, similarity, transform
from faces.detect import Picture, Points

Mask = npt.NDArray[np.uint8]

# In the 112 px square of the template: from the brows to the chin, between the temples.
_CENTER, _AXES = (56.0, 71.0), (33.0, 41.0)
# The square that any engine may touch: SimSwap's widest, the one of FFHQ, is 143 px wide in the template's scale.
_TOUCHED = (-30.0, 142.0)


@dataclass(frozen=True)
class Region:
    """A face's oval: `mask` is 255 within it, shape (height, width), its corner at pixel x, y."""

    x: int
    y: int
    mask: Mask

    def of(self, picture: Picture) -> Picture:
        """The part of a picture that the mask lies on."""
        height, width = self.mask.shape
        return picture[self.y : self.y + height, self.x : self.x + width]


def oval(points: Points, width: int, height: int, margin: float = 0.0) -> Region | None:
    """The oval of a face in a picture of this size; None where it lies outside.

    The mask reaches `margin` of the oval's size beyond it on every side.
    """
    outline = _outline(points)
    low, high = outline.min(0), outline.max(0)
    spare = (high - low) * margin
    left, top = np.maximum(np.floor(low - spare), 0).astype(int)
    right, bottom = np.minimum(np.ceil(high + spare) + 1, (width, height)).astype(int)
    if right - left < 2 or bottom - top < 2:
        return None
    mask = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillPoly(mask, [np.round(outline - (left, top)).astype(np.int32)], 255)
    return Region(int(left), int(top), mask) if mask.any() else None


def black_out(mask: Mask, points: Points) -> None:
    """Set to 0 what a swap of this face may touch, in the mask of a whole picture."""
    low, high = _TOUCHED
    corners = [(low, low), (high, low), (high, high), (low, high)]
    square = transform(_back(points), corners)
    cv2.fillConvexPoly(mask, np.round(square).astype(np.int32), 0)


def _outline(points: Points) -> Matrix:
    turns = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    ring = np.column_stack([_CENTER[0] + _AXES[0] * np.cos(turns), _CENTER[1] + _AXES[1] * np.sin(turns)])
    return transform(_back(points), ring)


def _back(points: Points) -> Matrix:
    return inverse(similarity(points, ARCFACE_112))
