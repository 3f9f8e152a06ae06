"""Laying a swapped square over its frame: only the box that its mask touches is computed."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from faces.align import Matrix, inverse, scale_of, scaled, transform
from faces.detect import Picture
from gpu_agent.blend import detail
from media.pixels.paint import Box

Bytes = npt.NDArray[np.uint8]

_SMALLER = 1.2  # pixels of the square a frame pixel, from which on it is averaged down


@dataclass(frozen=True)
class Layer:
    """A square to be laid over a frame.

    Attributes:
        crop: The swapped square, (size, size, 3) BGR.
        mask: How much of it is shown, (size, size), 0 to 255, and 0 at its border.
        matrix: From frame pixels to the square, (2, 3).
        target: The frame's own square; where given, detail finer than the square is kept from the frame.
        detailed: How much of that detail, (size, size), 0 to 255.
    """

    crop: Picture
    mask: Bytes
    matrix: Matrix
    target: Picture | None = None
    detailed: Bytes | None = None


def box_of(layer: Layer, width: int, height: int) -> Box | None:
    """The box of a frame that the layer changes; None where it lies wholly outside."""
    x, y, across, down = cv2.boundingRect(layer.mask)
    if not across:
        return None
    points = transform(
        inverse(layer.matrix), [(u, v) for u in (x, x + across - 1) for v in (y, y + down - 1)]
    )
    # A pixel of a small face covers several of the square.
    beyond = 1 + 1 / scale_of(layer.matrix)
    left, top = (int(value) for value in np.maximum(np.floor(points.min(0) - beyond), 0))
    right, bottom = (int(value) for value in np.minimum(np.ceil(points.max(0) + beyond) + 1, (width, height)))
    # Boxes begin on even pixels: chroma of 4:2:0 video covers two.
    box = Box(left - left % 2, top - top % 2, right, bottom)
    return box if box.left < box.right and box.top < box.bottom else None


def blended(layer: Layer, under: Picture, original: Picture, box: Box) -> Picture:
    """The layer over a box of the frame: `under` as it is now, `original` as it was when its square was cut.

    Where the mask is 0 the pixels of `under` stay as they are.
    """
    if layer.target is None or layer.detailed is None:
        over, weight = _onto(layer.crop, layer, box), _onto(layer.mask, layer, box)
    else:
        over, weight = _with_detail(layer, layer.target, layer.detailed, original, box)
    share = weight.astype(np.float32) * np.float32(1 / 255)
    return np.asarray(cv2.blendLinear(over, np.ascontiguousarray(under), share, 1 - share), np.uint8)


def _with_detail(
    layer: Layer, target: Picture, detailed: Bytes, original: Picture, box: Box
) -> tuple[Picture, Bytes]:
    """The square and its mask in the box. What is warped together costs hardly more than one."""
    gray = cv2.cvtColor(target, cv2.COLOR_BGR2GRAY)
    pictures = _onto(cv2.merge([layer.crop, gray]), layer, box)
    weights = _onto(
        cv2.merge([layer.mask, detailed, detailed]), layer, box
    )  # OpenCV is slow with two channels
    over = cv2.cvtColor(pictures, cv2.COLOR_BGRA2BGR)
    fine = detail.lost(original, pictures[..., 3], weights[..., 1])
    return np.asarray(cv2.add(over, cv2.merge([fine, fine, fine]), dtype=cv2.CV_8U), np.uint8), weights[
        ..., 0
    ]


def _onto(square: cv2.typing.MatLike, layer: Layer, box: Box) -> Bytes:
    """A square as it lies in a box of the frame; averaged first where it gets smaller. Beyond it, 0."""
    size, matrix, scale = len(square), layer.matrix, scale_of(layer.matrix)
    if scale > _SMALLER:
        smaller = max(1, round(size / scale))
        square = cv2.resize(square, (smaller, smaller), interpolation=cv2.INTER_AREA)
        matrix = scaled(matrix, smaller / size)
    back = inverse(matrix)
    back[:, 2] -= (box.left, box.top)
    shape = (box.right - box.left, box.bottom - box.top)
    return np.asarray(cv2.warpAffine(square, back, shape, flags=cv2.INTER_LINEAR), np.uint8)
