"""Flicker: how much more a swapped face changes from frame to frame than the original's does.

What moves is no flicker. So the optical flow of the original, from each frame to the one before it, is taken out of
both films; what is left within the face's oval is compared. A swapped face has the target's motion, and therefore the
target's flow is the right one for both. But an engine need not follow each blink; then the motion of the face as a
whole is. Of the two, what leaves less counts, for both films.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from contracts.quality import Flicker
from faces.align import similarity, transform
from faces.detect import Picture, Points
from faces.quality.region import oval

Flow = npt.NDArray[np.float32]
Inside = npt.NDArray[np.bool_]

# Gray levels that are added on both sides of the ratio: what rounding and coding change in a still picture.
FLOOR = 0.5
# A change of this many gray levels in the original, its motion taken out, is a cut; nothing is judged there.
CUT = 24.0
# Larger faces are judged in a picture reduced to this many pixels between the eyes.
_MOST_EYE_DISTANCE = 96.0
# Below this many pixels the solver of the flow has no pyramid to work with.
_LEAST_SIDE = 16
# Sigma in pixels of what is left over: finer than that it is detail that no warp gets back, and no eye sees flicker.
_FINEST = 1.0
# One pixel in so many, across and down, tells how the face moves as a whole.
_STEP = 3
_MARGIN = 0.2  # around the oval, of its size: motion that enters the face from outside is seen


class FlickerMeter:
    """Is fed the frames of one stretch after another, in order.

    Attributes:
        ratios: One for each face in each pair of consecutive frames.
    """

    def __init__(self) -> None:
        """Nothing is seen yet."""
        self.ratios: list[float] = []
        self._before: tuple[Picture, Picture] | None = None

    def begin(self) -> None:
        """The next frame does not follow the last one."""
        self._before = None

    def see(self, original: Picture, result: Picture, faces: Sequence[Points]) -> None:
        """Take the next frame, BGR of the same size in both films, and the faces' points in the original."""
        before, self._before = self._before, (original, result)
        if before is None or before[0].shape != original.shape:
            return
        for points in faces:
            ratio = self._ratio(before, (original, result), points)
            if ratio is not None:
                self.ratios.append(ratio)

    def flicker(self) -> Flicker | None:
        """What was seen so far; None where no pair was judged."""
        if not self.ratios:
            return None
        median, p95 = np.percentile(self.ratios, (50, 95))
        return Flicker(median=float(median), p95=float(p95), pairs=len(self.ratios))

    def _ratio(
        self, before: tuple[Picture, Picture], now: tuple[Picture, Picture], points: Points
    ) -> float | None:
        height, width = now[0].shape[:2]
        region = oval(points, width, height, _MARGIN)
        if region is None:
            return None
        shrink = min(1.0, _MOST_EYE_DISTANCE / max(float(np.linalg.norm(points[1] - points[0])), 1e-6))
        old_original, old_result, original, result = (
            _reduced(region.of(picture), shrink) for picture in (*before, *now)
        )
        mask = _reduced(region.mask, shrink) > 127
        if not mask[::_STEP, ::_STEP].any():
            return None
        flow = self._flow(original, old_original)
        ways = flow, _as_a_whole(flow, mask)
        calm = min(_change(original, old_original, way, mask) for way in ways)
        left = min(_change(result, old_result, way, mask) for way in ways)
        return None if calm > CUT else (left + FLOOR) / (calm + FLOOR)

    def _flow(self, now: Picture, before: Picture) -> Flow:
        gray = [cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) for picture in (now, before)]
        if min(gray[0].shape) < _LEAST_SIDE:
            return np.zeros((*gray[0].shape, 2), np.float32)
        return np.asarray(self._solver.calc(gray[0], gray[1], None), np.float32)

    @cached_property
    def _solver(self) -> Any:
        return cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)


def _reduced(picture: Picture, ratio: float) -> Picture:
    if ratio >= 1:
        return np.ascontiguousarray(picture)
    return np.asarray(cv2.resize(picture, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA), np.uint8)


def _as_a_whole(flow: Flow, mask: Inside) -> Flow:
    """The flow of a rigid thing that moves, turns and grows as what is within the mask does."""
    rows, columns = np.indices(flow.shape[:2])
    places = np.stack([columns, rows], -1).astype(np.float32)
    chosen = np.zeros_like(mask)
    chosen[::_STEP, ::_STEP] = mask[::_STEP, ::_STEP]
    matrix = similarity(places[chosen], (places + flow)[chosen])
    moved = transform(matrix, places.reshape(-1, 2)).reshape(places.shape)
    return np.asarray(moved - places, np.float32)


def _change(now: Picture, before: Picture, flow: Flow, mask: Inside) -> float:
    """Mean difference within the mask, in gray levels, of a frame and the one before it moved by the flow."""
    rows, columns = np.indices(flow.shape[:2], np.float32)
    moved = cv2.remap(
        before,
        columns + flow[..., 0],
        rows + flow[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    difference = cv2.subtract(now, np.asarray(moved, np.uint8), dtype=cv2.CV_32F)
    return float(np.abs(cv2.GaussianBlur(difference, (0, 0), _FINEST))[mask].mean())
