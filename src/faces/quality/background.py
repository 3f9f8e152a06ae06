"""Background: how far a result is from its original where no face is."""

from collections.abc import Sequence

import cv2
import numpy as np

from faces.detect import Picture, Points
from faces.quality.region import black_out

# dB that stand for "the same to the last bit"; coding alone is rarely above 60.
IDENTICAL = 99.0


class BackgroundMeter:
    """Adds up squared differences outside the faces, frame by frame."""

    def __init__(self) -> None:
        """Nothing is seen yet."""
        self._squares = 0.0
        self._samples = 0
        self._worst = IDENTICAL

    def see(self, original: Picture, result: Picture, faces: Sequence[Points]) -> None:
        """Take a frame, BGR of the same size in both films, and the points of all faces that may be in it."""
        outside = np.full(original.shape[:2], 255, np.uint8)
        for points in faces:
            black_out(outside, points)
        samples = 3 * cv2.countNonZero(outside)
        if samples:
            squares = float(cv2.norm(original, result, cv2.NORM_L2SQR, outside))
            self._squares, self._samples = self._squares + squares, self._samples + samples
            self._worst = min(self._worst, _decibels(squares, samples))

    @property
    def psnr(self) -> float | None:
        """PSNR in dB over all frames, `IDENTICAL` at most; None where there was nothing but faces."""
        return _decibels(self._squares, self._samples) if self._samples else None

    @property
    def worst(self) -> float | None:
        """PSNR in dB of the frame that differs most."""
        return self._worst if self._samples else None


def _decibels(squares: float, samples: int) -> float:
    if not squares:
        return IDENTICAL
    return min(IDENTICAL, float(10 * np.log10(255**2 * samples / squares)))
