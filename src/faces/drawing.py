"""Small pictures for people: a face's thumbnail, and a refused photo with its faces marked."""

import base64
from collections.abc import Sequence

import cv2
import numpy as np

from faces.detect import Picture, Points

# Side of a thumbnail over the height from eyes to mouth: hair and chin are in it.
_THUMBNAIL_WIDTH = 4.6
_COLOR = (48, 64, 235)  # a signal red, as BGR


def thumbnail(photo: Picture, points: Points, size: int = 256) -> str:
    """The face upright in a square of `size` px, as a JPEG in base64."""
    center = points.mean(0).astype(np.float64)
    side = max(_THUMBNAIL_WIDTH * float(np.linalg.norm(points[3:].mean(0) - points[:2].mean(0))), 8.0)
    height, width = photo.shape[:2]
    side = min(side, float(min(height, width)))
    left = float(np.clip(center[0] - side / 2, 0, width - side))
    top = float(np.clip(center[1] - side * 0.54, 0, height - side))
    square = photo[int(top) : int(top + side), int(left) : int(left + side)]
    way = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
    return jpeg(np.asarray(cv2.resize(square, (size, size), interpolation=way), np.uint8))


def annotated(photo: Picture, boxes: Sequence[Sequence[float]], longest_side: int = 640) -> str:
    """The photo, reduced to `longest_side` px, with the boxes drawn, as a JPEG in base64."""
    ratio = min(1.0, longest_side / max(photo.shape[:2]))
    canvas = np.array(cv2.resize(photo, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA), np.uint8)
    for x, y, width, height in boxes:
        corner = (round(x * ratio), round(y * ratio))
        opposite = (round((x + width) * ratio), round((y + height) * ratio))
        cv2.rectangle(canvas, corner, opposite, _COLOR, 3, cv2.LINE_AA)
    return jpeg(canvas)


def jpeg(picture: Picture, quality: int = 88) -> str:
    """A BGR picture as a JPEG in base64; from quality 95 on, colors are as fine as light."""
    fine = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444 if quality >= 95 else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, fine]
    _, data = cv2.imencode(".jpg", picture, options)
    return base64.b64encode(data.tobytes()).decode("ascii")
