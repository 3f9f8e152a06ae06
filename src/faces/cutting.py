"""A photo cut around its face: small enough to keep many, and with all that alignment looks at."""

import cv2
import numpy as np
from pydantic import BaseModel

from faces.detect import Picture, Points
from faces.drawing import jpeg

# Side of a cutting over the larger of eye distance and height from eyes to mouth: FFHQ's square, turned, fits in.
_REACH = 8.0
# Eyes are then 128 pixels apart, as far as in the squares of the largest networks.
_LONGEST_SIDE = 1024
_QUALITY = 95


class Cutting(BaseModel):
    """A part of a photo as a JPEG in base64, and the face's five points (x, y) in its pixels."""

    jpeg: str
    points: list[tuple[float, float]]


def cut(photo: Picture, points: Points) -> tuple[Picture, Points]:
    """The part of a photo around a face, reduced where it is large; the points in its pixels."""
    corner, opposite = _box(photo, points)
    part = photo[corner[1] : opposite[1], corner[0] : opposite[0]]
    moved = points - corner.astype(np.float32)
    ratio = min(1.0, _LONGEST_SIDE / max(part.shape[:2]))
    if ratio == 1.0:
        return part, moved
    height, width = (max(1, round(side * ratio)) for side in part.shape[:2])
    scale = np.array([width / part.shape[1], height / part.shape[0]], np.float32)
    reduced = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA)
    # The middle of a pixel is half a pixel from its corner in both pictures.
    return np.asarray(reduced, np.uint8), ((moved + 0.5) * scale - 0.5).astype(np.float32)


def cutting(photo: Picture, points: Points) -> Cutting:
    """The same as a JPEG that keeps all there is to see."""
    part, moved = cut(photo, points)
    return Cutting(jpeg=jpeg(part, _QUALITY), points=[(float(x), float(y)) for x, y in moved])


def _box(photo: Picture, points: Points) -> tuple[np.ndarray, np.ndarray]:
    eyes, mouth = points[:2].mean(0), points[3:].mean(0)
    unit = max(float(np.linalg.norm(points[1] - points[0])), float(np.linalg.norm(mouth - eyes)), 1.0)
    middle, reach = points.mean(0), unit * _REACH / 2
    size = np.array([photo.shape[1], photo.shape[0]])
    corner = np.clip(np.floor(middle - reach), 0, size - 1).astype(int)
    return corner, np.clip(np.ceil(middle + reach), corner + 1, size).astype(int)
