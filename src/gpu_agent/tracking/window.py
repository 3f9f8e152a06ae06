"""The square around a face in which it is looked for, always of the same size once it is cut out."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from faces.detect import Picture, Points
from gpu_agent.tracking.face import size_of

Gray = npt.NDArray[np.uint8]

# Side of a cut-out window in pixels, and of the face in it, from eyes to mouth: as the detector knows faces best.
SIDE = 192
_FACE_SIDE = 35
_GROWTH = 1.1  # a window to the next larger one
_STEP = 0.12  # of its side, from one place to the next


@dataclass(frozen=True)
class Window:
    """A square of the picture: its upper left corner `x`, `y` and its `side`, in whole pixels."""

    x: int
    y: int
    side: int

    def cut(self, picture: Picture) -> Picture:
        """The window's pixels, (SIDE, SIDE, 3); beyond the picture its edge is repeated."""
        height, width = picture.shape[:2]
        right, below = self.x + self.side, self.y + self.side
        inner = picture[max(self.y, 0) : max(below, 0), max(self.x, 0) : max(right, 0)]
        beyond = (max(-self.y, 0), max(below - height, 0), max(-self.x, 0), max(right - width, 0))
        if any(beyond):
            inner = np.asarray(cv2.copyMakeBorder(inner, *beyond, cv2.BORDER_REPLICATE), np.uint8)
        way = cv2.INTER_AREA if self.side > SIDE else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(inner, (SIDE, SIDE), interpolation=way), np.uint8)

    def inside(self, points: Points) -> Points:
        """Points of the picture in pixels of the cut-out."""
        return ((points - (self.x, self.y) + 0.5) * (SIDE / self.side) - 0.5).astype(np.float32)

    def outside(self, points: Points) -> Points:
        """Points of the cut-out in pixels of the picture."""
        return ((points + 0.5) * (self.side / SIDE) - 0.5 + (self.x, self.y)).astype(np.float32)


def window_around(points: Points, picture: Picture) -> Window:
    """The window of a face, where the face is now and nothing else counts; it touches the picture.

    Its size and place go by steps, so that it rests while the face moves a little.
    """
    grown = round(math.log(max(size_of(points), 2.0) * SIDE / _FACE_SIDE, _GROWTH))
    side = round(_GROWTH**grown)
    step = max(1, round(side * _STEP))
    center = np.clip(points.mean(0), (1, 1), (picture.shape[1] - 1, picture.shape[0] - 1))
    x, y = (round(float(value) / step) * step - side // 2 for value in center)
    return Window(x, y, side)


def gray(cutout: Picture) -> Gray:
    """The gray levels of a cut-out."""
    return np.asarray(cv2.cvtColor(cutout, cv2.COLOR_BGR2GRAY), np.uint8)
