"""Close looks at one face: the detector on a small square, of another size, shifted and mirrored from look to look.

YuNet's points depend on where a face lies in the network's grid, and on its side, by a few hundredths of the face's
size, frame after frame alike. Looks that differ on purpose turn that into errors that a mean takes away.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from faces.detect import Detection, FaceDetector, Picture, Points
from gpu_agent.tracking.face import distance, size_of
from gpu_agent.tracking.window import SIDE

# Sizes of the face by which the one that is looked for may be off, and how much smaller or larger it may be.
_NEAR = 0.7
_ALIKE = 0.6
# Sides of the squares looked at, in pixels of the cut-out.
_SIDES = (144, 160, 176)
# Irrational, and independent of each other.
_STEPS = (2**0.5, 3**0.5, 5**0.5, 7**0.5)
_MIRRORED = [1, 0, 2, 4, 3]


@dataclass(frozen=True)
class _Glance:
    """The part of a cut-out that one look is at: its corner `x`, `y`, its `side`, and whether it is mirrored."""

    x: int
    y: int
    side: int
    mirrored: bool

    def at(self, cutout: Picture) -> Picture:
        """The pixels that the detector is shown."""
        square = cutout[self.y : self.y + self.side, self.x : self.x + self.side]
        return np.ascontiguousarray(square[:, ::-1] if self.mirrored else square)

    def placed(self, face: Detection) -> Detection:
        """What was found there, in pixels of the cut-out."""
        points, (left, top, width, height) = face.points, face.box
        if self.mirrored:
            points = (points * (-1, 1) + (self.side - 1, 0))[_MIRRORED]
            left = self.side - left - width
        moved = (points + np.array((self.x, self.y))).astype(np.float32)
        return Detection((left + self.x, top + self.y, width, height), moved, face.score)


def looks(
    detector: FaceDetector, cutout: Picture, near: Points, number: int, count: int
) -> Iterator[Detection | None]:
    """Several looks at one frame, the first of them of that `number`; see `close_look`."""
    return (close_look(detector, cutout, near, number + place) for place in range(count))


def close_look(detector: FaceDetector, cutout: Picture, near: Points, number: int) -> Detection | None:
    """The face of a window that is nearest to `near` and as large, in pixels of the cut-out.

    Looks of different numbers differ. Who looks at the same frame under the same number sees the same.
    """
    glance = _glance(number)
    found = (glance.placed(face) for face in detector.detect(glance.at(cutout)))
    fitting = [face for face in found if _fits(near, face.points)]
    return min(fitting, key=lambda face: distance(near, face.points), default=None)


def _glance(number: int) -> _Glance:
    """Sizes, shifts and sides, all spread evenly whatever the step from number to number (Weyl sequences)."""
    across, down, size, turn = (number * step % 1 for step in _STEPS)
    side = _SIDES[int(size * len(_SIDES))]
    return _Glance(int(across * (SIDE - side)), int(down * (SIDE - side)), side, turn < 0.5)


def _fits(near: Points, points: Points) -> bool:
    return distance(near, points) < _NEAR and _ALIKE < size_of(points) / size_of(near) < 1 / _ALIKE
