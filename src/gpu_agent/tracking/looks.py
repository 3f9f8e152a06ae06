"""Looks for faces that nobody follows yet: the whole picture reduced, and a part of it enlarged, in turn."""

import math
from collections.abc import Iterator
from itertools import product

import cv2
import numpy as np

from faces.detect import LONGEST_SIDE, Detection, FaceDetector, Picture
from gpu_agent.tracking.face import box_of, overlap

_WHOLE_SECONDS = 0.25
_PART_SECONDS = 0.4
# Parts across and down. Each is a little more than half a side, so that no face lies across an edge only.
_PARTS = 2
_SHARE = 0.56
_MOST_ENLARGED = 2.0
_SAME = 0.3


class Looks:
    """Says which faces are in sight of a picture, in full at its first frame and at cuts, else bit by bit.

    When it looks is a matter of a frame's time alone, so that a video that is cut is looked at as if it were not.
    """

    def __init__(self, detector: FaceDetector) -> None:
        self._detector = detector
        self._last: float | None = None

    def due(self, picture: Picture, seconds: float, anew: bool) -> list[Detection]:
        """The faces that this frame's looks find; `anew` looks everywhere. `seconds` is the frame's time."""
        last, self._last = self._last, seconds
        found: list[Detection] = []
        if anew or _passed(last, seconds, _WHOLE_SECONDS):
            found += self._detector.detect(picture)
        if anew:
            found += [face for part in range(_PARTS**2) for face in self._part(picture, part)]
        elif _passed(last, seconds, _PART_SECONDS, 0.5):
            found += self._part(picture, math.floor(seconds / _PART_SECONDS + 0.5) % _PARTS**2)
        return _distinct(found)

    def _part(self, picture: Picture, number: int) -> Iterator[Detection]:
        """The faces in a part of the picture, enlarged to twice what a look at the whole would see."""
        row, column = list(product(range(_PARTS), repeat=2))[number]
        height, width = (math.ceil(side * _SHARE) for side in picture.shape[:2])
        y, x = row * (picture.shape[0] - height), column * (picture.shape[1] - width)
        part = picture[y : y + height, x : x + width]
        scale = min(_MOST_ENLARGED, LONGEST_SIDE / max(height, width))
        if scale > 1:
            part = np.asarray(cv2.resize(part, None, fx=scale, fy=scale), np.uint8)
        return (_placed(face, x, y, max(scale, 1.0)) for face in self._detector.detect(part))


def _passed(last: float | None, now: float, interval: float, phase: float = 0.0) -> bool:
    """Whether a new interval began since the last frame."""
    return last is None or math.floor(last / interval + phase) != math.floor(now / interval + phase)


def _placed(face: Detection, x: int, y: int, scale: float) -> Detection:
    left, top, width, height = (value / scale for value in face.box)
    points = (face.points + 0.5) / scale - 0.5 + (x, y)
    return Detection((left + x, top + y, width, height), points.astype(np.float32), face.score)


def _distinct(found: list[Detection]) -> list[Detection]:
    """Each face once, as it was found with the best score."""
    kept: list[Detection] = []
    for face in sorted(found, key=lambda face: -face.score):
        if all(overlap(box_of(face.points), box_of(other.points)) < _SAME for other in kept):
            kept.append(face)
    return kept
