"""The soft square: how a swapped square's weight falls off towards its border."""

from functools import lru_cache
from math import erf, sqrt

import numpy as np
import numpy.typing as npt

Masks = npt.NDArray[np.float32]

# Of the square's side. The published scripts erode by a box of 40 pixels and blur by 41 (OpenCV's sigma for it: 6.5),
# in pixels of the frame whatever the face's size; this is the same for a face of 224 pixels, and scales with others.
_ERODED = 20 / 224
_SPREAD = 6.5 / 224


@lru_cache(maxsize=8)
def soft_square(size: int) -> Masks:
    """Weights of a square of `size` pixels: 1 in the middle, 0 at the border. Read-only, shape (size, size)."""
    row = np.array([_inside((place + 0.5) / size) for place in range(size)])
    row = np.clip((row - row[0]) / (row.max() - row[0]), 0, 1)
    square = np.outer(row, row).astype(np.float32)
    square.flags.writeable = False
    return square


def _inside(place: float) -> float:
    """The eroded side blurred by a Gaussian, at a place between 0 and 1."""
    return _step(place - _ERODED) * _step(1 - _ERODED - place)


def _step(distance: float) -> float:
    return (1 + erf(distance / (_SPREAD * sqrt(2)))) / 2
