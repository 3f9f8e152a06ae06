"""Sharpness: how much fine detail a swapped face has beside the original's, at its size on the screen."""

import cv2
import numpy as np

from faces.detect import Picture, Points
from faces.quality.region import oval

# Pixels: what is finer is noise and coding, and not what an eye calls sharp.
_FINEST = 0.8
# Standard deviation of the detail of a face that has none; less cannot be compared.
_FLAT = 0.25


def sharpness_ratio(original: Picture, result: Picture, points: Points) -> float | None:
    """Detail of the result over the original's within the face's oval: 1 is as sharp, below it softer.

    Detail is the standard deviation of the Laplacian of the gray picture. None where there is nothing to compare.
    """
    height, width = original.shape[:2]
    region = oval(points, width, height)
    if region is None:
        return None
    before, after = (_detail(region.of(picture), region.mask > 0) for picture in (original, result))
    return after / before if before > _FLAT else None


def _detail(picture: Picture, mask: np.ndarray) -> float:
    gray = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32), (0, 0), _FINEST)
    return float(cv2.Laplacian(gray, cv2.CV_32F)[mask].std())
