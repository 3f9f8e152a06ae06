"""Fidelity: how near one picture is to another, by PSNR and SSIM."""

import cv2
import numpy as np
import numpy.typing as npt

from faces.detect import Picture

# dB that stand for "the same to the last bit", as in the quality report.
IDENTICAL = 99.0
# Of SSIM's Gaussian window, in pixels, and the two constants against division by nothing.
_SIGMA, _REACH = 1.5, 5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2

Inside = npt.NDArray[np.bool_]


def psnr(first: Picture, second: Picture, inside: Inside | None = None) -> float:
    """PSNR in dB of two pictures (height, width, 3), within a mask (height, width) where one is given."""
    difference = first.astype(np.float64) - second
    squares = (difference**2)[inside] if inside is not None else difference**2
    mean = float(squares.mean()) if squares.size else 0.0
    return min(IDENTICAL, float(10 * np.log10(255**2 / mean))) if mean else IDENTICAL


def ssim(first: Picture, second: Picture) -> float:
    """Structural similarity of the gray pictures, 1 where they are the same; the outermost 5 pixels do not count.

    Z. Wang et al., "Image Quality Assessment: From Error Visibility to Structural Similarity", IEEE TIP 13 (2004).
    """
    a, b = (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float64) for picture in (first, second))
    mean_a, mean_b = _blurred(a), _blurred(b)
    spread_a, spread_b = _blurred(a * a) - mean_a**2, _blurred(b * b) - mean_b**2
    shared = _blurred(a * b) - mean_a * mean_b
    light = (2 * mean_a * mean_b + _C1) / (mean_a**2 + mean_b**2 + _C1)
    structure = (2 * shared + _C2) / (spread_a + spread_b + _C2)
    return float((light * structure)[_REACH:-_REACH, _REACH:-_REACH].mean())


def _blurred(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    side = 2 * _REACH + 1
    return np.asarray(cv2.GaussianBlur(values, (side, side), _SIGMA), np.float64)
