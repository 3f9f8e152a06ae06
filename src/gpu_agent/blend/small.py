"""Squares at a reduced size: broad tones and masks need no more, and cost a tenth there."""

import cv2
import numpy as np
import numpy.typing as npt

from faces.detect import Picture

Floats = npt.NDArray[np.float32]

SIDE = 64
"""Pixels of a reduced square."""


def reduced(square: Picture) -> Picture:
    """A square (BGR) of SIDE pixels."""
    return np.asarray(cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def shrunk(mask: Floats) -> Floats:
    """A mask of SIDE pixels."""
    return np.asarray(cv2.resize(mask, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32)


def enlarged(mask: Floats, size: int) -> Floats:
    """A reduced mask in `size` pixels."""
    return np.asarray(cv2.resize(mask, (size, size), interpolation=cv2.INTER_LINEAR), np.float32)


def lab(square: Picture) -> Floats:
    """BGR bytes in CIE Lab: L from 0 to 100."""
    return np.asarray(cv2.cvtColor(square.astype(np.float32) / 255, cv2.COLOR_BGR2Lab), np.float32)


def blurred(values: Floats, sigma: float) -> Floats:
    """By a Gaussian; beyond the border its pixels are repeated."""
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.float32)
