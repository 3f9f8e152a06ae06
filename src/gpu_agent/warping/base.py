"""What a warper is, and what all of them have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from faces.align import Matrix, inverse, transform
from faces.detect import Picture


@dataclass(frozen=True)
class View:
    """A picture, (height, width, 3) BGR, and the matrix (2, 3) from its pixels to a square."""

    picture: Picture
    matrix: Matrix


class Warper(Protocol):
    """Cuts aligned squares out of pictures."""

    def squares(self, views: Sequence[View], size: int) -> npt.NDArray[np.uint8]:
        """The squares of `size` pixels, (n, size, size, 3), bilinear; beyond a picture its edge is repeated.

        What is made smaller is averaged (`faces.align.enlargement`), so that it does not alias. Two warpers agree
        to a gray level, but for OpenCV's 1/32 pixel at sharp edges.
        """


def window(view: View, size: int) -> tuple[Picture, Matrix]:
    """The part of the picture that a square shows, and the matrix from that part's pixels."""
    corners = transform(inverse(view.matrix), [(-1, -1), (size, -1), (-1, size), (size, size)])
    height, width = view.picture.shape[:2]
    left, top = (int(value) for value in np.clip(np.floor(corners.min(0)) - 1, 0, (width - 1, height - 1)))
    right, bottom = (int(value) for value in np.clip(np.ceil(corners.max(0)) + 2, 1, (width, height)))
    matrix = view.matrix.copy()
    matrix[:, 2] += matrix[:, :2] @ (left, top)
    return view.picture[top : max(bottom, top + 1), left : max(right, left + 1)], matrix
