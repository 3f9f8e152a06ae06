"""The one-euro filter around a face's motion: steady while a face rests, quick where it changes.

Casiez, Roussel and Vogel, "1 Euro Filter: A Simple Speed-based Low-pass Filter", CHI 2012. What was smoothed is
first moved as optical flow says, so that only the detector's errors and what flow cannot see is left to smooth.
"""

import math

import numpy as np
import numpy.typing as npt

from faces.detect import Points
from gpu_agent.tracking.face import distance, size_of

# Sizes of a face in one step: no movement, but another place.
JUMP = 0.35


class OneEuro:
    """Smooths a face's five points. Speeds are in sizes of the face a second, so its size in pixels is no matter."""

    def __init__(
        self, rest_hz: float = 1.5, gain: float = 6.0, speed_hz: float = 0.5, noise: float = 0.4
    ) -> None:
        """Cut off at `rest_hz` plus `gain` times the speed beyond `noise`; the speed is smoothed at `speed_hz`."""
        self.rest_hz = rest_hz
        self.gain = gain
        self.speed_hz = speed_hz
        self.noise = noise
        self._points: Points | None = None
        self._speed: npt.NDArray[np.float32] = np.zeros(2, np.float32)
        self._seen = 0

    def reset(self) -> None:
        """Forget the past, as after a jump."""
        self._points = None

    def carry(self, points: Points) -> None:
        """Take over where the smoothed points went since."""
        self._points = points

    def __call__(self, points: Points, seconds: float, weight: int = 1) -> Points:
        """The smoothed points, `seconds` after the last ones; `weight` says of how many looks they are the mean."""
        if self._points is None or seconds <= 0 or distance(self._points, points) > JUMP:
            self._points, self._seen = points, weight
            self._speed = np.zeros(2, np.float32)
            return points
        self._seen += weight
        error = points - self._points
        # Errors of a detector point anywhere and cancel out; a face that is left behind pulls one way.
        speed = error.mean(0) / size_of(points) / seconds
        self._speed = self._speed + np.float32(_share(self.speed_hz, seconds)) * (speed - self._speed)
        beyond = max(0.0, float(np.linalg.norm(self._speed)) - self.noise)
        share = _share(self.rest_hz + self.gain * beyond, seconds)
        # Of few looks the mean is best: a face that was just found is not held where it was first seen.
        self._points = (self._points + np.float32(max(share, weight / self._seen)) * error).astype(np.float32)
        return self._points


def _share(cutoff_hz: float, seconds: float) -> float:
    """Weight of a new value in a first-order low-pass."""
    return 1.0 / (1.0 + 1.0 / (2 * math.pi * cutoff_hz * seconds))
