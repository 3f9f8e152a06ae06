"""A short film of a moving face, and ways to spoil it."""

from functools import cache

import cv2
import numpy as np

from faces.detect import Detector, Picture, Points
from tests.clips import view

Film = list[Picture]


@cache
def film(frames: int = 8) -> Film:
    """The drifting, growing portrait, 480 x 360."""
    return [view(2 * index) for index in range(frames)]


@cache
def places(frames: int = 8) -> list[Points]:
    """Five points of the face in each frame of `film`."""
    detector = Detector()
    return [detector.detect(picture)[0].points for picture in film(frames)]


def trembling(pictures: Film, pixels: float = 0.8) -> Film:
    """Each frame moved a little, to and fro."""
    return [_moved(picture, pixels * (-1) ** index, pixels) for index, picture in enumerate(pictures)]


def flashing(pictures: Film, share: float = 0.06) -> Film:
    """Each frame brighter than its neighbors, or darker."""
    return [_brighter(picture, 1 + share * (-1) ** index) for index, picture in enumerate(pictures)]


def blurred(pictures: Film, sigma: float = 2.0) -> Film:
    """Each frame out of focus."""
    return [np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8) for picture in pictures]


def recolored(pictures: Film) -> Film:
    """Blue for red: another picture with the same motion and the same detail."""
    return [np.ascontiguousarray(picture[..., ::-1]) for picture in pictures]


def _moved(picture: Picture, x: float, y: float) -> Picture:
    matrix = np.array([[1.0, 0, x], [0, 1.0, y]])
    size = (picture.shape[1], picture.shape[0])
    return np.asarray(cv2.warpAffine(picture, matrix, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _brighter(picture: Picture, factor: float) -> Picture:
    return np.asarray(np.clip(picture * factor, 0, 255), np.uint8)
