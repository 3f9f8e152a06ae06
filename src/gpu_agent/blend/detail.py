"""Detail of close faces: what an engine's square is too coarse to hold is kept from the frame.

Where a face on screen is larger than the square, the square enlarged again is blurred. The difference between the
frame and its own square enlarged is just what was lost: pores, hair, grain; one level of a Laplacian pyramid
(Burt and Adelson, "The Laplacian Pyramid as a Compact Image Code", IEEE Trans. Commun. 31, 1983). It is kept in
gray levels: color has little of it, and would fringe.
"""

import cv2
import numpy as np
import numpy.typing as npt

from faces.detect import Picture
from gpu_agent.blend.small import Floats, blurred

Bytes = npt.NDArray[np.uint8]
Steps = npt.NDArray[np.int16]

_BEGIN, _FULL = 0.9, 1.2  # frame pixels a pixel of the square
# Gray levels: fine texture is kept whole, strong edges less, as they belong to the target's own features.
_TEXTURE = 24.0
# Mean difference in gray levels beyond which swap and target are taken for different shapes.
_ALIKE = 24.0
_GRAY = np.array([0.114, 0.587, 0.299], np.float32)  # of blue, green, red: ITU-R BT.601
_BROAD = 2.0  # px of the reduced square


def strength(scale: float) -> float:
    """Of the detail that is kept, 0 to 1, where a pixel of the square covers `scale` pixels of the frame."""
    return float(np.clip((scale - _BEGIN) / (_FULL - _BEGIN), 0, 1))


def likeness(swapped: Floats, target: Picture) -> Floats:
    """Where detail of the target fits the swap: 0 to 1. Both are reduced squares (`small.reduced`), BGR."""
    difference = np.abs((swapped - target) @ _GRAY)
    return np.asarray(np.exp(-np.square(blurred(difference, _BROAD) / _ALIKE)), np.float32)


def lost(original: Picture, coarse: Bytes, share: Bytes) -> Steps:
    """Detail of a box of the frame (BGR) that its square, enlarged again (`coarse`, gray), does not have.

    `share`, 0 to 255, says how much of it is wanted. The answer is in gray levels.
    """
    gray = cv2.cvtColor(original, cv2.COLOR_BGR2GRAY)
    fine = cv2.subtract(gray, coarse, dtype=cv2.CV_32F)
    return np.asarray(fine * share / (255 + np.square(fine) * (255 / _TEXTURE**2)), np.int16)
