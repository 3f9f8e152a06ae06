"""What is seen in faces: their points, how recognizers describe them, and landmarks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from faces.detect import Detector, Picture, Points
from faces.recognize import Recognizer, SFace
from training.evaluation.outside import Dlib
from training.evaluation.squares import TEMPLATE
from training.pack import SIDE

Stack = npt.NDArray[np.float32]
_Look = Callable[[Picture, Points], npt.NDArray[np.float32]]

# Faces fill their squares, which YuNet misses without a border of repeated edge. Where the face lies on its grid
# changes its points by 7 % of the eye distance (median of 80 photos that were moved by 5 and 3 pixels), so each face is
# looked at in eight places, which leaves 2 %; and in eight others, to see how much that is.
_BORDER = 32
_PLACES = ((0, 0), (9, 4), (4, 9), (13, 13), (6, 16), (16, 6), (11, 0), (0, 11))
_OTHER_PLACES = ((2, 3), (7, 12), (12, 7), (15, 2), (3, 15), (5, 5), (10, 10), (14, 11))


@dataclass(frozen=True)
class Looks:
    """What is seen in n faces.

    Attributes:
        points: (n, 5, 2) as YuNet finds them, mean of eight looks; NaN where it finds none.
        sface: (n, 128), of length 1.
        dlib, landmarks: (n, 128) as dlib gives them, and (n, 68, 2); None without the outside recognizer.
    """

    points: Stack
    sface: Stack
    dlib: Stack | None
    landmarks: Stack | None

    def at(self, places: Sequence[int]) -> "Looks":
        """Those of some faces, in this order."""
        chosen = np.asarray(places, np.int64)
        return Looks(
            points=self.points[chosen],
            sface=self.sface[chosen],
            dlib=None if self.dlib is None else self.dlib[chosen],
            landmarks=None if self.landmarks is None else self.landmarks[chosen],
        )

    @property
    def placed(self) -> Stack:
        """The points, and those of the crops' alignment where none were found."""
        return np.where(np.isfinite(self.points), self.points, TEMPLATE.astype(np.float32))


class Eyes:
    """Looks at crops, (160, 160, 3) BGR. Not safe for use by several threads at once."""

    def __init__(self, outside: Dlib | None = None) -> None:
        """With dlib, or without."""
        self._outside = outside
        self._recognizer: Recognizer = SFace()
        self._detector = Detector()

    def looks(self, crops: Sequence[Picture]) -> Looks:
        """All that is seen in them. Recognizers get the points that were found, else those of the alignment."""
        found = [self.points(crop) for crop in crops]
        known = [TEMPLATE.astype(np.float32) if one is None else one for one in found]
        outside = self._outside
        return Looks(
            points=_stacked(found, (5, 2)),
            sface=_each(self._recognizer.embed, crops, known, (128,)),
            dlib=_each(outside.describe, crops, known, (128,)) if outside else None,
            landmarks=_each(outside.landmarks, crops, known, (68, 2)) if outside else None,
        )

    def again(self, crops: Sequence[Picture]) -> Stack:
        """The points (n, 5, 2) once more, looked at in other places: they differ by what the detector alone varies."""
        return _stacked([self.points(crop, _OTHER_PLACES) for crop in crops], (5, 2))

    def points(self, crop: Picture, places: Sequence[tuple[int, int]] = _PLACES) -> Points | None:
        """The five points of the face in the middle; None where most looks find none."""
        found = [points for place in places for points in self._look(crop, place)]
        return np.mean(found, 0, dtype=np.float32) if 2 * len(found) > len(places) else None

    def _look(self, crop: Picture, place: tuple[int, int]) -> list[Points]:
        """One face's points or none, looked at with the crop so many pixels to the right and down."""
        left, top = (_BORDER + shift for shift in place)
        wide = cv2.copyMakeBorder(crop, top, _BORDER, left, _BORDER, cv2.BORDER_REPLICATE)
        faces = self._detector.detect(np.asarray(wide, np.uint8))
        found = [face.points - np.array((left, top), np.float32) for face in faces]
        return [min(found, key=_off_middle)] if found else []


def _off_middle(points: Points) -> float:
    return float(np.linalg.norm(points.mean(0) - SIDE / 2))


def _each(look: _Look, crops: Sequence[Picture], points: Sequence[Points], shape: tuple[int, ...]) -> Stack:
    return _stacked([look(crop, one) for crop, one in zip(crops, points, strict=True)], shape)


def _stacked(found: Sequence[npt.NDArray[np.float32] | None], shape: tuple[int, ...]) -> Stack:
    filled = [np.full(shape, np.nan, np.float32) if one is None else one for one in found]
    return np.asarray(filled, np.float32).reshape(len(filled), *shape)
