"""The official paste-back, number for number: whole frames in float64, a mask of fixed pixel sizes.

It is here to be compared with, and for results that must look like those of the published scripts (SimSwap, Chen
et al., ACM Multimedia 2020, its `reverse2wholeimage`). What it does to a face depends on the face's size on screen:
one of 40 pixels is not swapped at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from faces.align import Matrix, best_similarity, inverse
from faces.detect import Picture
from gpu_agent.blend.base import Square
from gpu_agent.blend.edge import Masks
from gpu_agent.engines.base import Engine
from gpu_agent.seen import F, Seen, SeenFace, SwappableFrame

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.float64]
# Classes of the face parser (BiSeNet, 19 classes, CelebAMask-HQ), of shape (512, 512).
Labels = npt.NDArray[np.uint8]

_SKIN, _MOUTH = (1, 2, 3, 4, 5, 6, 10, 12, 13), (11,)
_LEAST_FACE = 5000  # sum of the two maps of 0 and 255: some 20 pixels
_EROSIONS = 6
_EROSION_SIDE = 17
_SURE = 0.9
_BEYOND = 20  # of 255: what a bilinear border leaves of the white square
_ERODED = 40  # pixels of the frame
_BLURRED = 41


@dataclass(frozen=True)
class Swap:
    """A swapped face.

    Attributes:
        crop: What the network made, (size, size, 3) BGR, 0 to 1, not rounded to 8 bits.
        matrix: From frame pixels to the square, (2, 3).
        target: The frame's own square, of the same form; needed with `labels` only.
        labels: What the face parser says of `target`; None pastes the square as it is (the scripts without
            `--use_mask`).
    """

    crop: Floats
    matrix: Matrix
    target: Floats | None = None
    labels: Labels | None = None


class WholeFrames:
    """`Blending` as the published scripts do it: each frame for itself, and nothing but their mask.

    Between the faces of a frame it rounds to 8 bits.
    """

    def __init__(self, engine: Engine) -> None:
        """For squares as `engine` wants them."""
        self._engine = engine

    def look(self, seen: Seen[F]) -> None:
        """Nothing is remembered."""

    def squares(self, faces: Sequence[tuple[SwappableFrame, SeenFace]]) -> list[Square]:
        """See `Blending`; each by the template that fits best."""
        return [self._square(frame.to_bgr(), face) for frame, face in faces]

    def lay(self, frame: SwappableFrame, square: Square, crop: Picture, mask: Masks) -> None:
        """See `Blending`. The scripts know no mask of an engine's: what it leaves is filled in from the square."""
        shown = mask[..., None]
        whole = np.asarray(crop * shown + square.crop * (1 - shown), np.float32)
        swap = Swap(whole / np.float32(255), square.matrix)
        frame.patch(0, 0, pasted(frame.to_bgr(), [swap]))

    def _square(self, picture: Picture, face: SeenFace) -> Square:
        matrix = best_similarity(face.points, self._engine.templates)
        return Square(picture, square(picture, matrix, self._engine.size), matrix)


def square(frame: Picture, matrix: Matrix, size: int) -> Picture:
    """The aligned square as the official scripts cut it: bilinear, black beyond the frame."""
    return np.asarray(cv2.warpAffine(frame, matrix, (size, size), borderValue=0), np.uint8)


def pasted(frame: Picture, swaps: Sequence[Swap]) -> Picture:
    """The frame (BGR) with all its faces, one after another; values are cut off, not rounded."""
    result = frame.astype(np.float64)
    for swap in swaps:
        mask = edge(swap.matrix, len(swap.crop), frame.shape)[..., None]
        result = mask * _onto(_masked(swap), swap.matrix, frame.shape) * 255 + (1 - mask) * result
    return result.astype(np.uint8)


def edge(matrix: Matrix, size: int, shape: tuple[int, ...]) -> Mask:
    """The outer mask, 0 to 1, in a frame of `shape`: the same number of pixels off every face's square."""
    white = _onto(np.full((size, size), 255, np.float64), matrix, shape)
    white[white > _BEYOND] = 255
    eroded = cv2.erode(white, np.ones((_ERODED, _ERODED), np.uint8))
    return np.asarray(cv2.GaussianBlur(eroded, (_BLURRED, _BLURRED), 0) / 255, np.float64)


def face_of(labels: Labels, size: int) -> Mask | None:
    """Where the parser sees a face, 0 to 1 with soft edges, in a square of `size`; None where it sees none."""
    maps = [np.where(np.isin(labels, classes), 255, 0).astype(np.uint8) for classes in (_SKIN, _MOUTH)]
    if sum(int(one.sum()) for one in maps) < _LEAST_FACE:
        return None
    resized = [cv2.resize(one, (size, size)).astype(np.float64) / 255 for one in maps]
    return soft_erosion(resized[0] + resized[1])


def soft_erosion(mask: Mask) -> Mask:
    """A mask drawn in and softened by a cone of 17 pixels."""
    kernel = _cone(_EROSION_SIDE)
    for _ in range(_EROSIONS):
        mask = np.minimum(mask, _convolved(mask, kernel))
    mask = _convolved(mask, kernel)
    sure = mask >= _SURE
    most = mask[~sure].max(initial=0)
    return np.where(sure, 1.0, mask / most if most > 0 else mask)


def _cone(side: int) -> Mask:
    row = np.arange(side) - side // 2
    distance = np.hypot(row[:, None], row)
    weights: Mask = distance.max() - distance
    return np.asarray(weights / weights.sum(), np.float64)


def _convolved(mask: Mask, kernel: Mask) -> Mask:
    return np.asarray(cv2.filter2D(mask, -1, kernel, borderType=cv2.BORDER_CONSTANT), np.float64)


def _masked(swap: Swap) -> Floats | Mask:
    """The square, with the frame's own pixels where the parser sees no face."""
    mask = face_of(swap.labels, len(swap.crop)) if swap.labels is not None else None
    if mask is None or swap.target is None:
        return swap.crop
    return np.asarray(swap.crop * mask[..., None] + swap.target * (1 - mask[..., None]))


def _onto(square: Floats | Mask, matrix: Matrix, shape: tuple[int, ...]) -> Mask:
    return np.asarray(cv2.warpAffine(square, inverse(matrix), (shape[1], shape[0])), np.float64)
