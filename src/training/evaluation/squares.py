"""From a crop of the data set to an engine's square, and back onto the crop.

Cubic, where the agent samples linearly: its frames have many more pixels than these crops, which a round trip through
a larger square would soften (33 dB at 384 px, here 40 to 49). A square of the crop's own scale loses nothing.
"""

from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from faces.align import (
    ARCFACE_112,
    Matrix,
    best_similarity,
    enlargement,
    inverse,
    scale_of,
    scaled,
    similarity,
    transform,
)
from faces.detect import Picture, Points
from training.pack import MARGIN, SIDE

Floats = npt.NDArray[np.float32]

# Where the five points of every crop lie, by the alignment that made it.
TEMPLATE: Matrix = ARCFACE_112 * ((SIDE - 2 * MARGIN) / 112) + MARGIN
# An engine's template is the crop's own at another scale where no point is off by more, in shares of its square.
_ALIKE = 0.002


class Placing:
    """Cuts squares for an engine with these templates, (n, 5, 2), and this size."""

    def __init__(self, templates: Matrix, size: int) -> None:
        """For an engine of one template like the crops' own no point is looked at: crops lie as it wants them."""
        self._templates, self._size = templates, size

    def matrix(self, points: Points) -> Matrix:
        """From a crop to the square, (2, 3), where the crop shows a face with these points."""
        return best_similarity(points, self._templates) if self._fixed is None else self._fixed

    def square(self, crop: Picture, points: Points) -> Picture:
        """The engine's square; beyond the crop its edge is repeated."""
        return np.asarray(_warped(crop, self.matrix(points), self._size, cv2.INTER_CUBIC), np.uint8)

    def back(self, square: Picture, mask: Floats, points: Points) -> tuple[Picture, Floats]:
        """The swapped square and its mask in the crop's pixels; the mask is 0 where the square does not reach."""
        matrix = inverse(self.matrix(points))
        shown = _warped(mask, matrix, SIDE, cv2.INTER_LINEAR, cv2.BORDER_CONSTANT)
        return np.asarray(_warped(square, matrix, SIDE, cv2.INTER_CUBIC), np.uint8), np.asarray(
            shown, np.float32
        )

    @cached_property
    def _fixed(self) -> Matrix | None:
        if len(self._templates) != 1:
            return None
        matrix = similarity(TEMPLATE, self._templates[0])
        off = np.abs(transform(matrix, TEMPLATE) - self._templates[0]).max()
        return matrix if off <= _ALIKE * self._size else None


def laid(crop: Picture, swapped: Picture, mask: Floats) -> Picture:
    """The swapped pixels on the crop, as much of each as the mask says."""
    shown = mask[..., None]
    return np.asarray(swapped * shown + crop * (1 - shown) + 0.5, np.uint8)


def _warped(
    picture: cv2.typing.MatLike, matrix: Matrix, size: int, way: int, border: int = cv2.BORDER_REPLICATE
) -> cv2.typing.MatLike:
    """As `faces.align.warp`: a reduction is rendered at the next whole multiple and averaged down."""
    factor = enlargement(scale_of(matrix))
    enlarged = np.vstack([scaled(matrix, factor), [0, 0, 1]])[:2]
    large = cv2.warpAffine(picture, enlarged, (size * factor, size * factor), flags=way, borderMode=border)
    return cv2.resize(large, (size, size), interpolation=cv2.INTER_AREA) if factor > 1 else large
