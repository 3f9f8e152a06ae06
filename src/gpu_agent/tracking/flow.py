"""How a face moved between two frames, by optical flow: exact from frame to frame, with no idea of faces.

Lucas and Kanade's method in Bouguet's pyramids, as OpenCV has it, forth and back: a point counts that comes back to
where it was (Kalal, Mikolajczyk and Matas, "Forward-Backward Error", ICPR 2010).
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from faces.align import Matrix, transform
from faces.detect import Points
from gpu_agent.tracking.face import size_of
from gpu_agent.tracking.window import Gray

_LEAST_POINTS = 8
_WAY_BACK = 0.7  # pixels of the cut-out by which a point may miss its start
_OFF = 1.5  # pixels by which a point may move unlike the face
_PATCH = (13, 13)
_LEVELS = 2
_UNTIL = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 12, 0.03)


@dataclass(frozen=True)
class Motion:
    """A similarity (2, 3) from one cut-out to the next, and the share of the face that moved by it."""

    matrix: Matrix
    share: float

    def of(self, points: Points) -> Points:
        """Where points went."""
        return transform(self.matrix, points).astype(np.float32)


def motion(before: Gray, after: Gray, points: Points) -> Motion | None:
    """How the face at `points` moved; all in pixels of the same window. None where it cannot be followed."""
    starts = _starts(points)
    ends, there = _tracked(before, after, starts)
    again, back = _tracked(after, before, ends)
    good = there & back & (np.abs(again - starts).max(1) < _WAY_BACK)
    if good.sum() < _LEAST_POINTS:
        return None
    matrix, agreed = cv2.estimateAffinePartial2D(
        starts[good], ends[good], method=cv2.RANSAC, ransacReprojThreshold=_OFF, maxIters=100
    )
    return None if matrix is None else Motion(np.asarray(matrix), float(agreed.sum()) / len(starts))


def _tracked(before: Gray, after: Gray, starts: Points) -> tuple[Points, npt.NDArray[np.bool_]]:
    """Where points went, and whether each was found again."""
    ends, found, _ = cv2.calcOpticalFlowPyrLK(
        before, after, starts, np.empty_like(starts), winSize=_PATCH, maxLevel=_LEVELS, criteria=_UNTIL
    )
    return np.asarray(ends, np.float32), np.asarray(found).ravel() == 1


def _starts(points: Points) -> Points:
    """Points spread over the face's oval, (n, 2)."""
    across, down = np.meshgrid(np.linspace(-0.85, 0.85, 6), np.linspace(-1, 1, 7))
    oval = np.stack([across, down], -1)[across**2 + (down / 1.05) ** 2 < 1.05]
    right = (points[1] - points[0]) / max(float(np.linalg.norm(points[1] - points[0])), 1e-3)
    turn = np.array([right, (-right[1], right[0])])
    return np.asarray(oval @ turn * size_of(points) + points.mean(0), np.float32)
