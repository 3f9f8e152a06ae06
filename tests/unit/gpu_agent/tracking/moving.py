"""Pictures for tests of tracking: portraits that move over a wall in ways that are known."""

from collections.abc import Iterator
from functools import cache

import cv2
import numpy as np

from faces.align import Matrix, transform
from faces.detect import Detector, Picture, Points
from tests.portraits import astronaut

SIZE = (320, 240)
FRAME = 1 / 30


@cache
def wall(seed: int = 1) -> Picture:
    """A soft texture without a face, 240 x 320."""
    coarse = np.random.default_rng(seed).integers(60, 200, (12, 16, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, SIZE, interpolation=cv2.INTER_CUBIC), np.uint8)


@cache
def _portrait() -> tuple[Picture, Points]:
    """The face cut out, and its points in it, best known: the mean over many views."""
    face = np.ascontiguousarray(astronaut()[20:260, 110:340])
    found = []
    for shift in range(12):
        border = (shift, 12 - shift, shift * 5 % 12, 7)
        wide = np.asarray(cv2.copyMakeBorder(face, *border, cv2.BORDER_REPLICATE), np.uint8)
        found.append(Detector().detect(wide)[0].points - (border[2], border[0]))
    return face, np.mean(found, axis=0).astype(np.float32)


def placed(x: float, y: float, scale: float = 0.5, turn: float = 0.0) -> Matrix:
    """The matrix that puts the portrait's middle to x, y, made smaller and turned by so many degrees."""
    face, _ = _portrait()
    matrix = cv2.getRotationMatrix2D((face.shape[1] / 2, face.shape[0] / 2), turn, scale)
    matrix[:, 2] += (x - face.shape[1] / 2, y - face.shape[0] / 2)
    return np.asarray(matrix, np.float64)


def shown(*matrices: Matrix, on: Picture | None = None) -> Picture:
    """A picture of the portrait as often as there are matrices, the last before the others."""
    face, _ = _portrait()
    picture = (wall() if on is None else on).copy()
    size = (picture.shape[1], picture.shape[0])
    for matrix in matrices:
        there = cv2.warpAffine(np.full(face.shape[:2], 255, np.uint8), matrix, size)[..., None] > 127
        picture = np.where(there, cv2.warpAffine(face, matrix, size, flags=cv2.INTER_AREA), picture)
    return np.ascontiguousarray(picture, np.uint8)


def true_points(matrix: Matrix) -> Points:
    """Where the portrait's five points are."""
    return transform(matrix, _portrait()[1]).astype(np.float32)


def swaying(frames: int) -> Iterator[Matrix]:
    """A face that moves about, nears and nods."""
    for index in range(frames):
        yield placed(
            150 + 60 * np.sin(index / 9),
            120 + 12 * np.cos(index / 5),
            0.5 + 0.05 * np.sin(index / 13),
            9 * np.sin(index / 7),
        )
