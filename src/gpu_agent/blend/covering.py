"""Where a square shows the face, and where hair, glasses, a cap or the background lie over or beside it.

No network: colors tell. Those around the five points are the face's, those beside and above the face are
of what surrounds it; every pixel is judged by which of the two has more of its color (a ratio of histograms in
Lab), and by where it lies. What has the face's own color, such as a hand, is not told from it.
"""

from collections import OrderedDict

import cv2
import numpy as np
import numpy.typing as npt

from faces.align import Matrix
from faces.detect import Picture
from gpu_agent.blend.small import SIDE, Floats, blurred, lab

_BINS = np.array([12, 16, 16])  # of L, a, b
_LEAST = np.array([0, -40, -40], np.float32)
_RANGE = np.array([100, 80, 80], np.float32)
_SMOOTHING = np.array([0.06, 0.24, 0.4, 0.24, 0.06], np.float32)
_SELDOM = 2e-4  # a share of pixels too small to mean anything

# Of the height between eyes and mouth: how far the face reaches from the middle of its points.
_ACROSS, _DOWN, _RAISED = 1.06, 1.34, 0.05
_AROUND = 0.38  # across what is taken for face around the points
_STEEPNESS = 12.0  # how fast a pixel that lies further out is doubted
_FEATURES = 0.6  # across the same for eyes and lips, which have colors of their own
_BEYOND = 1.2  # times the ellipse of the face: from there on it is something else
_ENOUGH = 150  # pixels of that which tell its colors; where a square shows less, colors count less

# Of the way to the new mask, a frame: what covers the face is seen at once, what leaves it a little later.
_COVERED, _BARED = 0.7, 0.35
_KEPT = 256  # tracks; beyond, the oldest are forgotten


class Coverings:
    """Remembers each track's last mask, so that masks do not flicker."""

    def __init__(self) -> None:
        """For the tracks of one segment."""
        self._last: OrderedDict[int, Floats] = OrderedDict()

    def face(self, track: int, square: Picture, points: Matrix) -> Floats:
        """`face_mask` of the next frame of a track, steadied."""
        mask = face_mask(square, points)
        last = self._last.pop(track, mask)
        mask = np.asarray(
            last + (mask - last) * np.where(mask < last, _COVERED, _BARED).astype(np.float32), np.float32
        )
        self._last[track] = mask
        if len(self._last) > _KEPT:
            self._last.popitem(last=False)
        return mask


def face_mask(square: Picture, points: Matrix) -> Floats:
    """1 where the face is to be seen, 0 where something else is; at the reduced size.

    `square` is a reduced one (`small.reduced`), and `points` (5, 2) are the face's in its pixels.
    """
    height = max(float(np.linalg.norm(points[:2].mean(0) - points[3:].mean(0))), 1.0)
    bins = _bins(square)
    inside = _hull(points, _AROUND * height)
    distance = _distance(points, height)
    outside = _surroundings(points, distance)
    ratio = np.log((_histogram(bins, inside) + _SELDOM) / (_histogram(bins, outside) + _SELDOM))
    known = min(1.0, np.count_nonzero(outside) / _ENOUGH)
    evidence = blurred(np.clip(ratio.ravel()[bins], -4, 3).astype(np.float32), 1.0) * known
    evidence += np.clip((1 - distance) * _STEEPNESS, -6, 4)
    likely = 1 / (1 + np.exp(-evidence))
    features = blurred(_hull(points, _FEATURES * height).astype(np.float32), 1.0)
    return np.asarray(np.maximum(likely, features), np.float32)


def _bins(square: Picture) -> npt.NDArray[np.intp]:
    """For each pixel the place of its color in a histogram."""
    levels = np.clip((lab(square) - _LEAST) / _RANGE, 0, 1 - 1e-6) * _BINS
    light, red, yellow = np.moveaxis(levels.astype(np.intp), 2, 0)
    return np.asarray((light * _BINS[1] + red) * _BINS[2] + yellow)


def _histogram(bins: npt.NDArray[np.intp], where: Picture) -> Floats:
    """Shares of the colors where `where` is set, smoothed along the three axes."""
    counts = np.bincount(bins[where > 0], minlength=int(_BINS.prod())).astype(np.float32)
    shares = counts.reshape(_BINS) / max(counts.sum(), 1)
    for axis in range(3):
        lines = np.moveaxis(shares, axis, 0)
        flat = np.ascontiguousarray(lines.reshape(_BINS[axis], -1))
        smooth = cv2.sepFilter2D(flat, -1, np.ones(1, np.float32), _SMOOTHING)
        shares = np.moveaxis(smooth.reshape(lines.shape), 0, axis)
    return np.asarray(shares, np.float32)


def _hull(points: Matrix, grown: float) -> Picture:
    """1 between the points and around each in a circle `grown` pixels across."""
    result = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillConvexPoly(result, cv2.convexHull(points.astype(np.float32)).astype(np.int32), 1)
    across = round(grown) | 1
    return np.asarray(
        cv2.dilate(result, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across))), np.uint8
    )


def _distance(points: Matrix, height: float) -> Floats:
    """How far out a pixel lies: 1 on an ellipse around the points, which is the border of most faces."""
    x, y = points.mean(0) - (0, _RAISED * height)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    return np.asarray(np.hypot((columns - x) / (_ACROSS * height), (rows - y) / (_DOWN * height)), np.float32)


def _surroundings(points: Matrix, distance: Floats) -> Picture:
    """1 beside and above the face; below it is the neck."""
    result = (distance > _BEYOND).astype(np.uint8)
    result[max(0, round(float(points[3:, 1].mean()))) :] = 0
    return result
