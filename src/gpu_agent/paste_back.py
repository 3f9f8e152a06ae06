"""Pasting a swapped square back: only the box of the frame that its mask touches is computed."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from faces.align import Matrix, inverse, transform
from faces.detect import Picture

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Patch:
    """What replaces a part of a frame: `pixels` is BGR of shape (height, width, 3), its corner at x, y."""

    x: int
    y: int
    pixels: Picture


def patch(frame: Picture, crop: Picture, mask: npt.NDArray[np.float32], matrix: Matrix) -> Patch | None:
    """Blend an aligned square into the frame; None where it lies wholly outside.

    `matrix` (2, 3) took frame pixels to the square. Where the mask is 0 the frame's pixels stay as they are.
    """
    x, y, width, height = _box(frame, mask, matrix)
    if width <= 0 or height <= 0:
        return None
    back = inverse(matrix)
    back[:, 2] -= (x, y)
    under = frame[y : y + height, x : x + width]
    over = cv2.warpAffine(
        crop, back, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    weight = cv2.warpAffine(mask, back, (width, height), flags=cv2.INTER_LINEAR)[..., None]
    blended = under + (over.astype(np.float32) - under) * weight
    return Patch(x, y, np.asarray(blended + 0.5, np.uint8))


def _box(frame: Picture, mask: npt.NDArray[np.float32], matrix: Matrix) -> Box:
    rows, columns = np.flatnonzero(mask.max(1) > 1 / 512), np.flatnonzero(mask.max(0) > 1 / 512)
    if not len(rows):
        return 0, 0, 0, 0
    corners = [(u, v) for u in (columns[0], columns[-1]) for v in (rows[0], rows[-1])]
    points = transform(inverse(matrix), corners)
    low = np.maximum(np.floor(points.min(0)) - 1, 0).astype(int)
    high = np.minimum(np.ceil(points.max(0)) + 2, (frame.shape[1], frame.shape[0])).astype(int)
    # Boxes begin and end on even pixels: chroma of 4:2:0 video covers two.
    low -= low % 2
    width, height = high - low
    return int(low[0]), int(low[1]), int(width), int(height)
