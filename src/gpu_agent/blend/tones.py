"""Colors of a swapped square moved to the frame's, so that neither its tone nor a seam gives it away.

In Lab, at a reduced size: first mean and spread of the face are made the target's (Reinhard et al., "Color Transfer
between Images", IEEE CG&A 2001); then, towards the edge of the mask, the broad tones become the target's own, as
in multi-band blending (Burt and Adelson, "A Multiresolution Spline", ACM TOG 2, 1983). What is finer than a
sixteenth of the square is the swap's up to the edge.
"""

import cv2
import numpy as np

from faces.detect import Picture
from gpu_agent.blend.small import Floats, blurred, lab

_BROAD = 4.0  # px of the reduced square: sigma of what counts as tone
_LEAST_SPREAD, _MOST_SPREAD = 0.8, 1.25  # times a contrast may change
_LEAST_SHOWN = 0.5  # weight of the pixels that speak of the face's color
_LEAST_PIXELS = 16


def change(swapped: Picture, target: Picture, weight: Floats) -> Floats:
    """What is to be added to the swapped square, in BGR levels.

    Both squares are reduced ones (`small.reduced`), and `weight`, 0 to 1, is the mask that will be used, reduced.
    """
    shown = (weight >= _LEAST_SHOWN).astype(np.uint8)
    if cv2.countNonZero(shown) < _LEAST_PIXELS:
        return np.zeros(swapped.shape, np.float32)
    wanted = lab(target)
    new = _seamless(_matched(lab(swapped), wanted, shown), wanted, weight)
    return np.asarray(cv2.cvtColor(new, cv2.COLOR_Lab2BGR) * 255 - swapped, np.float32)


def changed(square: Picture, by: Floats) -> Picture:
    """A square of full size with a change that was found at the reduced one."""
    enlarged = cv2.resize(by, square.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.add(square, enlarged, dtype=cv2.CV_8U), np.uint8)


def _matched(old: Floats, wanted: Floats, shown: Picture) -> Floats:
    """Mean and spread of each channel made the wanted ones, over what is shown."""
    mean, spread = cv2.meanStdDev(old, mask=shown)
    other_mean, other_spread = cv2.meanStdDev(wanted, mask=shown)
    factor = np.clip(other_spread / np.maximum(spread, 1e-3), _LEAST_SPREAD, _MOST_SPREAD)
    moved = other_mean - mean * factor
    return np.asarray(old * factor[:, 0] + moved[:, 0], np.float32)


def _seamless(tones: Floats, wanted: Floats, weight: Floats) -> Floats:
    """The broad difference taken out where the mask's surroundings are not shown in full."""
    well_inside = np.clip((blurred(weight, _BROAD) - 0.4) / 0.5, 0, 1)
    smooth = well_inside * well_inside * (3 - 2 * well_inside)
    return np.asarray(tones + blurred(wanted - tones, _BROAD) * (1 - smooth[..., None]), np.float32)
