"""A followed face, and measures of a face that are made of its five points."""

from dataclasses import dataclass

import numpy as np

from faces.detect import Points

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class TrackedFace:
    """A face in one frame.

    Attributes:
        track: The same number along a video, for the same face on screen.
        points: Five points, (5, 2) in pixels, smoothed.
        strength: 0 to 1: how much of the swap is shown, for a face that comes or goes.
    """

    track: int
    points: Points
    strength: float = 1.0


def size_of(points: Points) -> float:
    """About the height from eyes to mouth in pixels: it changes little where a face turns or nods."""
    height = float(np.linalg.norm(points[3:].mean(0) - points[:2].mean(0)))
    return max(height, 0.9 * float(np.linalg.norm(points[1] - points[0])), 1.0)


def box_of(points: Points) -> Box:
    """x, y, width, height of the face from brows to chin."""
    size = size_of(points)
    x, y = (float(value) for value in points.mean(0))
    return x - 1.1 * size, y - 1.3 * size, 2.2 * size, 2.6 * size


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes (x, y, width, height)."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    common = max(width, 0.0) * max(height, 0.0)
    return common / max(a[2] * a[3] + b[2] * b[3] - common, 1e-9)


def distance(a: Points, b: Points) -> float:
    """How far apart two faces are, in sizes of the first."""
    return float(np.linalg.norm(a.mean(0) - b.mean(0))) / size_of(a)
