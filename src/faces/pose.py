"""How far a face is turned, judged by its five points."""

import numpy as np

from faces.detect import Points


def yaw_proxy(points: Points) -> float:
    """Offset of the nose from the middle of eyes and mouth along the eye line, in eye distances.

    Positive towards the image's right; 0 is straight on, about 0.35 a three-quarter view.
    """
    across, distance = _eye_line(points)
    middle = points[[0, 1, 3, 4]].mean(0)
    return float((points[2] - middle) @ across) / distance


def pitch_proxy(points: Points) -> float:
    """Height of the nose between the eyes (0) and the mouth (1); about 0.58 is level, less is turned up."""
    across, _ = _eye_line(points)
    down = np.array([-across[1], across[0]])
    eyes, mouth = points[:2].mean(0), points[3:].mean(0)
    height = float((mouth - eyes) @ down)
    return float((points[2] - eyes) @ down) / height if abs(height) > 1e-6 else 0.0


def _eye_line(points: Points) -> tuple[Points, float]:
    line = points[1] - points[0]
    distance = max(float(np.linalg.norm(line)), 1e-6)
    return (line / distance).astype(np.float32), distance
