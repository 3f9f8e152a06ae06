"""Faces laid into one: each is bent a little, so that eyes, brows and mouths meet before the pixels are averaged.

Pictures averaged as they are show every edge as often as there are pictures. Here each is brought onto their mean by
dense optical flow, the mean is drawn anew, and so on: congealing, as in Learned-Miller, "Data Driven Image Models
through Continuous Joint Alignment", IEEE PAMI 28 (2006). The flow is DIS: Kroeger et al., ECCV 2016.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from faces.detect import Picture

# Shape (side, side, 2): for each pixel, how far away in x and y its color is taken from.
Flow = npt.NDArray[np.float32]

_FLOW_SIDE = 256  # flows are computed in squares of this many pixels
# Sigma, in pixels of those squares, that each round's flows are smoothed by: the broad shape first.
_ROUNDS = (10.0, 10.0, 6.0, 6.0)
# A portrait: share of the template's square added on every side; middle and half axes of the oval that is shown.
PORTRAIT_MARGIN = 0.10
_MIDDLE = (0.5, 0.53)
_OVAL = (0.34, 0.41)
_SOFT = 0.12  # share of the half axes over which the oval fades
_BACKDROP = (222, 224, 226)  # a light gray, as BGR


def morph(squares: Sequence[Picture], weights: Sequence[float]) -> Picture:
    """The weighted mean of aligned BGR squares of one size, in shape as in color.

    Weights are above 0; only their ratios count. One square comes back as it is.
    """
    if len(squares) == 1:
        return squares[0]
    bent = list(squares)
    for sigma in _ROUNDS:
        mean = _mean(bent, weights)
        flows = [_flow(mean, square, sigma) for square in squares]
        # Without the mean of the flows, the shape of the mean is the mean of the shapes.
        drift = np.average(np.stack(flows), axis=0, weights=weights)
        bent = [_bent(square, flow - drift) for square, flow in zip(squares, flows, strict=True)]
    return _mean(bent, weights)


def portrait(face: Picture) -> Picture:
    """A square aligned with `PORTRAIT_MARGIN` as a picture of its own: the face in an oval on a plain ground.

    Hair and background of several people do not meet; they are left out.
    """
    side = len(face)
    y, x = (np.mgrid[:side, :side] + 0.5) / side
    reach = np.hypot((x - _MIDDLE[0]) / _OVAL[0], (y - _MIDDLE[1]) / _OVAL[1])
    shown = np.clip((1 - reach) / _SOFT, 0, 1)[..., None]
    return np.asarray(face * shown + np.array(_BACKDROP) * (1 - shown) + 0.5, np.uint8)


def _mean(squares: Sequence[Picture], weights: Sequence[float]) -> Picture:
    return np.asarray(np.average(np.stack(squares), axis=0, weights=weights) + 0.5, np.uint8)


def _flow(mean: Picture, square: Picture, sigma: float) -> Flow:
    """From pixels of the mean to where the same part of the face lies in the square, in sides."""
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flow = finder.calc(_gray(mean), _gray(square), np.zeros((_FLOW_SIDE, _FLOW_SIDE, 2), np.float32))
    return np.asarray(cv2.GaussianBlur(flow, (0, 0), sigma) / _FLOW_SIDE, np.float32)


def _gray(square: Picture) -> Picture:
    """Gray with the contrast of each part evened out: one face is lit as another is not."""
    small = cv2.resize(square, (_FLOW_SIDE, _FLOW_SIDE), interpolation=cv2.INTER_AREA)
    even = cv2.createCLAHE(2.0, (4, 4)).apply(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY))
    return np.asarray(even, np.uint8)


def _bent(square: Picture, flow: npt.NDArray[np.floating]) -> Picture:
    side = len(square)
    wide = cv2.resize(flow.astype(np.float32), (side, side)) * np.float32(side)
    y, x = np.mgrid[:side, :side].astype(np.float32)
    return np.asarray(
        cv2.remap(
            square, x + wide[..., 0], y + wide[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ),
        np.uint8,
    )
