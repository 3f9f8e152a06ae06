"""Colors of a swapped square moved to the frame's, so that neither its tone nor a seam gives it away.

In Lab, at a reduced size: first mean and spread of the face are made the target's (Reinhard et al., "Color Transfer
between Images", IEEE CG&A 2001); then, towards the edge of the mask, the broad tones become the target's own, as
in multi-band blending (Burt and Adelson, "A Multiresolution Spline", ACM TOG 2, 1983). What is finer than a
sixteenth of the square is the swap's up to the edge.
"""

import cv2
import numpy as np
import numpy.typing as npt

from faces.detect import Picture

Floats = npt.NDArray[np.float32]

SIDE = 64
"""Pixels of the reduced square that tones are compared in."""

_BROAD = 4.0  # px of the reduced square: sigma of what counts as tone
_LEAST_SPREAD, _MOST_SPREAD = 0.8, 1.25  # times a contrast may change
_LEAST_WEIGHT = 1.0  # pixels of face that must be shown to speak of its color


def toned(swapped: Picture, target: Picture, weight: Floats) -> Picture:
    """The swapped square in the target's tones.

    Both squares are (size, size, 3) BGR; `weight` is the mask that will be used, reduced to SIDE, 0 to 1.
    """
    if weight.sum() < _LEAST_WEIGHT:
        return swapped
    before = reduced(swapped)
    old, wanted = lab(before), lab(reduced(target))
    new = _seamless(_matched(old, wanted, weight), wanted, weight)
    change = cv2.cvtColor(new, cv2.COLOR_Lab2BGR) * 255 - before
    size = len(swapped)
    enlarged = cv2.resize(np.asarray(change, np.float32), (size, size), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.add(swapped, enlarged, dtype=cv2.CV_8U), np.uint8)


def reduced(square: Picture) -> Picture:
    """A square of SIDE pixels."""
    return np.asarray(cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def shrunk(mask: Floats) -> Floats:
    """A mask of SIDE pixels."""
    return np.asarray(cv2.resize(mask, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32)


def lab(square: Picture) -> Floats:
    """BGR bytes in CIE Lab: L from 0 to 100."""
    return np.asarray(cv2.cvtColor(square.astype(np.float32) / 255, cv2.COLOR_BGR2Lab), np.float32)


def _matched(old: Floats, wanted: Floats, weight: Floats) -> Floats:
    """Mean and spread of each channel made the wanted ones, over what is shown."""
    mean, spread = _moments(old, weight)
    other_mean, other_spread = _moments(wanted, weight)
    factor = np.clip(other_spread / np.maximum(spread, 1e-3), _LEAST_SPREAD, _MOST_SPREAD)
    return np.asarray((old - mean) * factor + other_mean, np.float32)


def _moments(values: Floats, weight: Floats) -> tuple[Floats, Floats]:
    share = (weight / weight.sum())[..., None]
    mean = (values * share).sum((0, 1))
    return mean, np.sqrt((((values - mean) ** 2) * share).sum((0, 1)))


def _seamless(tones: Floats, wanted: Floats, weight: Floats) -> Floats:
    """The broad difference taken out where the mask's surroundings are not shown in full."""
    well_inside = np.clip((_blurred(weight, _BROAD) - 0.4) / 0.5, 0, 1)
    smooth = well_inside * well_inside * (3 - 2 * well_inside)
    return np.asarray(tones + _blurred(wanted - tones, _BROAD) * (1 - smooth[..., None]), np.float32)


def _blurred(values: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.float32)
