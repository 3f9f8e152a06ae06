"""Detail of close faces: what an engine's square is too coarse to hold is kept from the frame.

Where a face on screen is larger than the square, the square enlarged again is blurred. The difference between the
frame and its own square enlarged is just what was lost: pores, hair, grain; one level of a Laplacian pyramid
(Burt and Adelson, "The Laplacian Pyramid as a Compact Image Code", IEEE Trans. Commun. 31, 1983).
"""

import cv2
import numpy as np
import numpy.typing as npt

from faces.detect import Picture
from gpu_agent.blend.tones import reduced

Floats = npt.NDArray[np.float32]

_BEGIN, _FULL = 1.1, 1.5  # frame pixels a pixel of the square
# Gray levels: fine texture is kept whole, strong edges less, as they belong to the target's own features.
_TEXTURE = 24.0
# Mean difference in gray levels beyond which swap and target are taken for different shapes.
_ALIKE = 24.0
_BROAD = 2.0  # px of the reduced square


def strength(scale: float) -> float:
    """Of the detail that is kept, 0 to 1, where a pixel of the square covers `scale` pixels of the frame."""
    return float(np.clip((scale - _BEGIN) / (_FULL - _BEGIN), 0, 1))


def likeness(swapped: Picture, target: Picture) -> Floats:
    """Where detail of the target fits the swap: 0 to 1, at the reduced size of `tones`."""
    old, new = (
        cv2.cvtColor(reduced(one), cv2.COLOR_BGR2GRAY).astype(np.float32) for one in (target, swapped)
    )
    difference = cv2.GaussianBlur(np.abs(new - old), (0, 0), _BROAD)
    return np.asarray(np.exp(-((difference / _ALIKE) ** 2)), np.float32)


def kept(over: Picture, original: Picture, coarse: Picture, share: Floats) -> Picture:
    """`over` with the detail in which `original` differs from `coarse`, its own square enlarged again.

    All three are boxes of a frame of one size, BGR; `share` of the same height and width says how much, 0 to 1.
    """
    fine = _gray(original) - _gray(coarse)
    fine *= share / (1 + np.square(fine / _TEXTURE))
    return np.asarray(cv2.add(over, cv2.merge([fine, fine, fine]), dtype=cv2.CV_8U), np.uint8)


def _gray(picture: Picture) -> Floats:
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
