"""A face in one frame, seen in the original and in the result: was it swapped?"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from faces.align import align, scale_of, template
from faces.detect import Detection, Picture, Points
from faces.quality.region import Mask, black_out, oval

# Fewer pixels between the eyes are too few to be judged.
LEAST_EYE_DISTANCE = 10.0
# An aligned face of `_SIDE` px was swapped if it differs by so many gray levels on average, and by so many times what
# the rest of the frame differs at the same scale: coding alone changes a face 0.9 to 1.9 times as much as the rest, up
# to CRF 42. In so small a square, most of what coding changes is averaged out; a swapped face differs by 10 to 25.
_CHANGED, _BEYOND_CODING = 2.0, 2.2
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


def sightings(
    original: Picture, result: Picture, before: Sequence[Detection], after: Sequence[Detection]
) -> list[Sighting]:
    """The faces found in the original that are large enough, each with its counterpart in the result."""
    outside = np.full(original.shape[:2], 255, np.uint8)
    for face in before:
        black_out(outside, face.points)
    return [
        Sighting(
            face.points,
            _counterpart(face, after),
            _is_changed(original, result, face.points, outside),
        )
        for face in before
        if face.eye_distance >= LEAST_EYE_DISTANCE
    ]


def _is_changed(original: Picture, result: Picture, points: Points, outside: Mask) -> bool:
    """Whether a face differs by more than coding could have changed it; `outside` is where no face is."""
    (before, matrix), (after, _) = (align(picture, points, _SIDE, _MARGIN) for picture in (original, result))
    difference = float(cv2.absdiff(before, after)[_oval()].mean())
    if difference <= _CHANGED:
        return False
    return difference > _BEYOND_CODING * _coded(original, result, outside, scale_of(matrix))


def _coded(original: Picture, result: Picture, outside: Mask, scale: float) -> float:
    """Mean difference of both where no face is, in gray levels, at this scale; 0 where there is nothing but faces."""
    if scale < 1:
        size = (max(1, round(outside.shape[1] * scale)), max(1, round(outside.shape[0] * scale)))
        original, result = (
            np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
            for picture in (original, result)
        )
        outside = np.asarray(cv2.resize(outside, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    return float(np.mean(cv2.mean(cv2.absdiff(original, result), outside)[:3]))


def _counterpart(face: Detection, found: Sequence[Detection]) -> Points | None:
    if not found:
        return None
    center = face.points.mean(0)
    distances = [float(np.linalg.norm(one.points.mean(0) - center)) for one in found]
    nearest = int(np.argmin(distances))
    return found[nearest].points if distances[nearest] < _NEAR * face.eye_distance else None


@cache
def _oval() -> npt.NDArray[np.bool_]:
    """The face's oval in the aligned square."""
    whole = np.zeros((_SIDE, _SIDE), bool)
    region = oval(template(_SIDE, _MARGIN).astype(np.float32), _SIDE, _SIDE)
    if region is not None:
        region.of(whole)[region.mask > 0] = True
    return whole
