"""Color: how far a swapped face's color is from the original's, which is that of the scene's light."""

import cv2
import numpy as np

from faces.detect import Picture, Points
from faces.quality.region import oval


def color_difference(original: Picture, result: Picture, points: Points) -> float | None:
    """Distance of the mean colors within the face's oval in CIE Lab (Delta E of 1976); None outside the picture.

    About 2 can just be seen side by side.
    """
    height, width = original.shape[:2]
    region = oval(points, width, height)
    if region is None:
        return None
    before, after = (cv2.mean(_lab(region.of(picture)), region.mask)[:3] for picture in (original, result))
    return float(np.linalg.norm(np.subtract(before, after)))


def _lab(picture: Picture) -> np.ndarray:
    return cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_BGR2Lab)
