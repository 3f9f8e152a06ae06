"""The one-euro filter: steady while a face rests, quick while it moves.

Casiez, Roussel and Vogel, "1 Euro Filter: A Simple Speed-based Low-pass Filter", CHI 2012.
"""

import math

import numpy as np

from faces.detect import Points


class OneEuro:
    """Smooths a face's five points. Speeds are in eye distances a second, so a face's size is no matter."""

    def __init__(self, rest_hz: float = 2.5, gain: float = 6.0, speed_hz: float = 2.0) -> None:
        """Cut off at `rest_hz` plus `gain` times the speed; the speed itself is smoothed at `speed_hz`."""
        self.rest_hz = rest_hz
        self.gain = gain
        self.speed_hz = speed_hz
        self._points: Points | None = None
        self._speed = 0.0

    def __call__(self, points: Points, seconds: float) -> Points:
        """The smoothed points, `seconds` after the last ones."""
        if self._points is None or seconds <= 0:
            self._points = points
            return points
        size = max(float(np.linalg.norm(points[1] - points[0])), 1e-3)
        moved = float(np.linalg.norm((points - self._points).mean(0))) / size
        self._speed += _share(self.speed_hz, seconds) * (moved / seconds - self._speed)
        # What moves at once must not wait for the smoothed speed to follow.
        speed = max(self._speed, moved / seconds * min(1.0, moved * 4))
        share = np.float32(_share(self.rest_hz + self.gain * speed, seconds))
        self._points = (self._points + share * (points - self._points)).astype(np.float32)
        return self._points

    def reset(self) -> None:
        """Forget the past, as after a cut."""
        self._points, self._speed = None, 0.0


def _share(cutoff_hz: float, seconds: float) -> float:
    """Weight of a new value in a first-order low-pass."""
    return 1.0 / (1.0 + 1.0 / (2 * math.pi * cutoff_hz * seconds))
