"""A short film of a moving face, and ways to spoil it."""

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np

from faces.align import ARCFACE_112, inverse, scaled, similarity, warp
from faces.detect import Detector, Picture, Points
from faces.quality.region import oval
from tests.clips import view
from tests.portraits import hopper

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


def swapped() -> Film:
    """`film` with Grace Hopper's face laid into the oval, in the film's light."""
    return [_laid(picture, points) for picture, points in zip(film(), places(), strict=True)]


def turned(degrees: float) -> Film:
    """`film` with each face turned within its oval, the head around it left as it is."""
    return [_turned(picture, points, degrees) for picture, points in zip(film(), places(), strict=True)]


def in_face(pictures: Film, change: Callable[[Film], Film]) -> Film:
    """A change that is seen in the faces' ovals only."""
    changed = change(pictures)
    return [
        _masked(picture, other, points)
        for picture, other, points in zip(pictures, changed, places(), strict=True)
    ]


@cache
def _portrait() -> Picture:
    """Grace Hopper's face in the template's square, twice its size."""
    points = Detector().detect(hopper())[0].points
    return warp(hopper(), scaled(similarity(points, ARCFACE_112), 2), 224)


def _laid(picture: Picture, points: Points) -> Picture:
    back = inverse(scaled(similarity(points, ARCFACE_112), 2))
    laid = np.asarray(cv2.warpAffine(_portrait(), back, (picture.shape[1], picture.shape[0])), np.uint8)
    return _masked(picture, _in_the_same_light(laid, picture, points), points)


def _turned(picture: Picture, points: Points, degrees: float) -> Picture:
    x, y = (float(value) for value in points.mean(0))
    matrix = cv2.getRotationMatrix2D((x, y), degrees, 1.0)
    turned = cv2.warpAffine(picture, matrix, (picture.shape[1], picture.shape[0]))
    return _masked(picture, np.asarray(turned, np.uint8), points)


def _in_the_same_light(face: Picture, picture: Picture, points: Points) -> Picture:
    """The face with the picture's mean color within the oval."""
    region = oval(points, picture.shape[1], picture.shape[0])
    assert region is not None
    wanted, mean = (np.array(cv2.mean(region.of(one), region.mask)[:3]) for one in (picture, face))
    return np.asarray(np.clip(face + (wanted - mean), 0, 255), np.uint8)


def _masked(picture: Picture, other: Picture, points: Points) -> Picture:
    region = oval(points, picture.shape[1], picture.shape[0])
    assert region is not None
    result = picture.copy()
    region.of(result)[region.mask > 0] = region.of(other)[region.mask > 0]
    return result


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
