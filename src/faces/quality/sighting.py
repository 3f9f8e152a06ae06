"""A face in one frame, seen in the original and in the result: was it swapped, and does it look the same way?"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from faces.align import align, template
from faces.detect import Detection, Picture, Points
from faces.pose import pitch_proxy, yaw_proxy
from faces.quality.region import oval

# Fewer pixels between the eyes are too few to be judged.
LEAST_EYE_DISTANCE = 10.0
# Gray levels by which an aligned face of `_SIDE` px must differ on average. In so small a square, what coding
# changes is averaged out: below 1 at CRF 35, while a swapped face differs by 5 to 25.
CHANGED = 2.5
_SIDE = 40
_MARGIN = 0.1
# A face of the result is the original's one if it is nearer than this many eye distances.
_NEAR = 1.0


@dataclass(frozen=True)
class Sighting:
    """A face of a frame.

    Attributes:
        before: Five points in the original, in pixels.
        after: The same in the result; None where no face is found at its place any more.
        changed: Whether it was swapped.
    """

    before: Points
    after: Points | None
    changed: bool


@dataclass(frozen=True)
class Turn:
    """How differently a face is turned in the result: yaw and pitch as `faces.pose` has them, roll in degrees."""

    yaw: float
    pitch: float
    roll: float


def sightings(
    original: Picture, result: Picture, before: Sequence[Detection], after: Sequence[Detection]
) -> list[Sighting]:
    """The faces found in the original that are large enough, each with its counterpart in the result."""
    return [
        Sighting(face.points, _counterpart(face, after), is_changed(original, result, face.points))
        for face in before
        if face.eye_distance >= LEAST_EYE_DISTANCE
    ]


def is_changed(original: Picture, result: Picture, points: Points) -> bool:
    """Whether a face differs by more than coding could have changed it."""
    before, after = (align(picture, points, _SIDE, _MARGIN)[0] for picture in (original, result))
    return float(cv2.absdiff(before, after)[_oval()].mean()) > CHANGED


def turn(face: Sighting) -> Turn | None:
    """How differently the face is turned; None where none is found in the result."""
    if face.after is None:
        return None
    roll = _roll(face.after) - _roll(face.before)
    return Turn(
        abs(yaw_proxy(face.after) - yaw_proxy(face.before)),
        abs(pitch_proxy(face.after) - pitch_proxy(face.before)),
        abs((roll + 180) % 360 - 180),
    )


def _counterpart(face: Detection, found: Sequence[Detection]) -> Points | None:
    if not found:
        return None
    center = face.points.mean(0)
    distances = [float(np.linalg.norm(one.points.mean(0) - center)) for one in found]
    nearest = int(np.argmin(distances))
    return found[nearest].points if distances[nearest] < _NEAR * face.eye_distance else None


def _roll(points: Points) -> float:
    x, y = points[1] - points[0]
    return float(np.degrees(np.arctan2(y, x)))


@cache
def _oval() -> npt.NDArray[np.bool_]:
    """The face's oval in the aligned square."""
    whole = np.zeros((_SIDE, _SIDE), bool)
    region = oval(template(_SIDE, _MARGIN).astype(np.float32), _SIDE, _SIDE)
    if region is not None:
        region.of(whole)[region.mask > 0] = True
    return whole
