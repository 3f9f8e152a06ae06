"""Pose: how differently a face is turned in the result."""

from dataclasses import dataclass

import numpy as np

from faces.align import align
from faces.detect import Detector, Picture, Points
from faces.pose import pitch_proxy, yaw_proxy

# Both faces are looked at in the same square of this many pixels, without the head around them: in a whole frame, the
# detector guesses much of a face's pose by the head, which no swap turns.
_SIDE = 320


@dataclass(frozen=True)
class Turn:
    """How differently a face is turned: yaw and pitch as `faces.pose` has them, roll in degrees; none below 0."""

    yaw: float
    pitch: float
    roll: float


def turn(detector: Detector, original: Picture, result: Picture, points: Points) -> Turn | None:
    """How differently the face at these points is turned; None where it is not found close up in both."""
    before, after = (_close_up(detector, picture, points) for picture in (original, result))
    if before is None or after is None:
        return None
    roll = _roll(after) - _roll(before)
    return Turn(
        abs(yaw_proxy(after) - yaw_proxy(before)),
        abs(pitch_proxy(after) - pitch_proxy(before)),
        abs((roll + 180) % 360 - 180),
    )


def _close_up(detector: Detector, picture: Picture, points: Points) -> Points | None:
    found = detector.detect(align(picture, points, _SIDE)[0])
    return found[0].points if found else None


def _roll(points: Points) -> float:
    x, y = points[1] - points[0]
    return float(np.degrees(np.arctan2(y, x)))
