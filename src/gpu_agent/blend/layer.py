"""Pasting a swapped square back: only the box of the frame that its mask touches is computed."""

from dataclasses import dataclass
from typing import TypeVar, cast

import cv2
import numpy as np
import numpy.typing as npt

from faces.align import Matrix, inverse, scale_of, scaled, transform
from faces.detect import Picture
from gpu_agent.blend import detail
from media.pixels.paint import Box

Floats = npt.NDArray[np.float32]
A = TypeVar("A", Picture, Floats)

_SMALLER = 1.2  # pixels of the square a frame pixel, from which on it is averaged down
_LEAST = 1 / 512  # a smaller weight changes no 8-bit value


@dataclass(frozen=True)
class Layer:
    """A square to be laid over a frame.

    Attributes:
        crop: The swapped square, (size, size, 3) BGR.
        mask: How much of it is shown, (size, size), 0 to 1, and 0 at its border.
        matrix: From frame pixels to the square, (2, 3).
        target: The frame's own square; where given, detail finer than the square is kept from the frame.
        likeness: Where that detail fits, 0 to 1, a square of any size.
    """

    crop: Picture
    mask: Floats
    matrix: Matrix
    target: Picture | None = None
    likeness: Floats | None = None


def box_of(layer: Layer, width: int, height: int) -> Box | None:
    """The box of a frame that the layer changes; None where it lies wholly outside."""
    rows, columns = (np.flatnonzero(layer.mask.max(axis) > _LEAST) for axis in (1, 0))
    if not len(rows):
        return None
    corners = [(u, v) for u in (columns[0], columns[-1]) for v in (rows[0], rows[-1])]
    points = transform(inverse(layer.matrix), corners)
    # A pixel of a small face covers several of the square.
    beyond = 1 + scale_of(inverse(layer.matrix))
    left, top = (int(value) for value in np.maximum(np.floor(points.min(0) - beyond), 0))
    right, bottom = (int(value) for value in np.minimum(np.ceil(points.max(0) + beyond) + 1, (width, height)))
    # Boxes begin on even pixels: chroma of 4:2:0 video covers two.
    box = Box(left - left % 2, top - top % 2, right, bottom)
    return box if box.left < box.right and box.top < box.bottom else None


def blended(layer: Layer, under: Picture, original: Picture, box: Box) -> Picture:
    """The layer over a box of the frame: `under` as it is now, `original` as it was when its square was cut.

    Where the mask is 0 the pixels of `under` stay as they are.
    """
    over = _picture_onto(layer.crop, layer.matrix, box)
    weight = _mask_onto(layer.mask, layer.matrix, box)
    much = detail.strength(1 / scale_of(layer.matrix))
    if layer.target is not None and layer.likeness is not None and much > 0:
        size = len(layer.crop)
        share = np.asarray(cv2.resize(layer.likeness * np.float32(much), (size, size)), np.float32)
        coarse = _picture_onto(layer.target, layer.matrix, box)
        over = detail.kept(over, original, coarse, _mask_onto(share, layer.matrix, box))
    return np.asarray(cv2.blendLinear(over, np.ascontiguousarray(under), weight, 1 - weight), np.uint8)


def _picture_onto(square: Picture, matrix: Matrix, box: Box) -> Picture:
    """A square as it lies in a box of the frame."""
    square, matrix = _no_larger(square, matrix)
    kind = cv2.INTER_CUBIC if scale_of(matrix) < 1 else cv2.INTER_LINEAR
    back, shape = _into(matrix, box)
    return np.asarray(
        cv2.warpAffine(square, back, shape, flags=kind, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _mask_onto(mask: Floats, matrix: Matrix, box: Box) -> Floats:
    """Weights as they lie in a box of the frame, 0 beyond their square."""
    mask, matrix = _no_larger(mask, matrix)
    back, shape = _into(matrix, box)
    return np.asarray(cv2.warpAffine(mask, back, shape, flags=cv2.INTER_LINEAR), np.float32)


def _no_larger(square: A, matrix: Matrix) -> tuple[A, Matrix]:
    """A square averaged down to about the size that it has in the frame, and the matrix to it."""
    size, scale = len(square), scale_of(matrix)
    if scale <= _SMALLER:
        return square, matrix
    smaller = max(1, round(size / scale))
    result = cv2.resize(square, (smaller, smaller), interpolation=cv2.INTER_AREA)
    return cast(A, result), scaled(matrix, smaller / size)


def _into(matrix: Matrix, box: Box) -> tuple[Matrix, tuple[int, int]]:
    """The matrix from a square to a box, and the box's width and height."""
    back = inverse(matrix)
    back[:, 2] -= (box.left, box.top)
    return back, (box.right - box.left, box.bottom - box.top)
