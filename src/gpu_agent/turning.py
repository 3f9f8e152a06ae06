"""Stored frames and upright ones: players turn some videos, and faces are only found upright."""

import cv2
import numpy as np

from faces.detect import Picture, Points

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def upright(picture: Picture, rotation: int) -> Picture:
    """A stored picture as a viewer sees it: turned clockwise by `rotation`, 0, 90, 180 or 270 degrees."""
    turn = _TURNS.get(rotation % 360)
    return picture if turn is None else np.asarray(cv2.rotate(picture, turn), np.uint8)


def stored_points(points: Points, rotation: int, width: int, height: int) -> Points:
    """Points of the upright picture in pixels of the stored one, which is `width` x `height`."""
    x, y = points[:, 0], points[:, 1]
    match rotation % 360:
        case 90:
            x, y = y, height - 1 - x
        case 180:
            x, y = width - 1 - x, height - 1 - y
        case 270:
            x, y = width - 1 - y, x
    return np.stack([x, y], 1).astype(np.float32)
