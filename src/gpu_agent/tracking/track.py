"""One face that is followed: by flow from frame to frame, held to the face by close looks."""

import math
from collections.abc import Sequence

import numpy as np

from faces.align import align
from faces.detect import FaceDetector, Picture, Points
from gpu_agent.tracking.closely import looks
from gpu_agent.tracking.face import TrackedFace, distance
from gpu_agent.tracking.fading import Fading
from gpu_agent.tracking.flow import Motion, motion
from gpu_agent.tracking.smoothing import JUMP, OneEuro
from gpu_agent.tracking.window import Gray, gray, window_around

# Close looks at a face in one frame: the mean of two errs less, and follows the face sooner for the same calm.
_LOOKS = 2
# Until a face was seen so often it is looked for in every frame.
_YOUNG = 16
# Correlation of what a face looks like in one frame and in the next: below 0.6 at twenty cuts of one camera,
# above 0.83 otherwise, hands before the face included.
_SAME_LOOK = 0.65
# While a face is not seen, it counts as being there as long as its place looks so much like it.
_STILL_LOOK = 0.5
# Share of a face that must move alike for the motion to be believed against a look, and for how many looks.
_SURE = 0.5
_MOST_DOUBTS = 2
_LOOK_SIDE = 32
# What a look corrects is spread over the next frames, in seconds: at once, it would be seen as a jolt.
_SPREAD = 0.3


class Track:
    """A face that is followed."""

    def __init__(
        self, number: int, detector: FaceDetector, picture: Picture, found: Sequence[Points], fading: Fading
    ) -> None:
        """Begin with a frame (BGR) and the points that looks at the face found in it, in the picture's pixels."""
        self.number = number
        self.fading = fading
        self._detector = detector
        self._filter = OneEuro()
        self._levels: Gray
        self.restart(picture, found)

    @property
    def face(self) -> TrackedFace:
        """The face as it is now."""
        return TrackedFace(self.number, self.points, self.fading.strength)

    def restart(self, picture: Picture, found: Sequence[Points]) -> None:
        """Go on at another place, where looks found the face."""
        self.points = np.mean(found, axis=0).astype(np.float32)
        self.fading.seen(0.0)
        self._estimate = self.points
        self._filter.reset()
        self._filter(self.points, 0.0, weight=len(found))
        self._looks = len(found)
        self._since_look = 0.0
        self._doubts = 0
        self._move_window(picture)
        self._look = self._look_now()

    def follow(self, picture: Picture, seconds: float, number: int, is_due: bool) -> bool:
        """Go on to the next frame (BGR), `seconds` later; False where the face is not there any more.

        The face is looked for where `is_due`, and where flow alone would not do, by the look of that `number`.
        """
        cutout = self._window.cut(picture)
        before, self._levels = self._levels, gray(cutout)
        moved = motion(before, self._levels, self._window.inside(self.points))
        if moved is not None:
            self._carry(moved)
        elif not self._looks_like(_SAME_LOOK):
            return False
        self._since_look += seconds
        if is_due or moved is None or self._looks < _YOUNG or self.fading.is_missed:
            self._look_for(cutout, number, moved, seconds)
        else:
            self.fading.seen(seconds)
        self._approach(seconds)
        if self._window != window_around(self.points, picture):
            self._move_window(picture)
        return not self.fading.gone

    def _carry(self, moved: Motion) -> None:
        self.points, self._estimate = (
            self._window.outside(moved.of(self._window.inside(points)))
            for points in (self.points, self._estimate)
        )
        self._filter.carry(self._estimate)

    def _approach(self, seconds: float) -> None:
        """Show the face a little nearer to where looks say that it is; far off, it is there at once."""
        far = distance(self.points, self._estimate) > JUMP
        share = 1.0 if far else 1 - math.exp(-seconds / _SPREAD)
        self.points = (self.points + np.float32(share) * (self._estimate - self.points)).astype(np.float32)

    def _look_for(self, cutout: Picture, number: int, moved: Motion | None, seconds: float) -> None:
        near = self._window.inside(self.points)
        found = [look for look in looks(self._detector, cutout, near, number, _LOOKS) if look is not None]
        if not found:
            self.fading.missed(seconds, lost=not self._looks_like(_STILL_LOOK))
            return
        self.fading.seen(seconds)
        mean = np.mean([look.points for look in found], axis=0).astype(np.float32)
        points = self._window.outside(mean)
        if self._is_doubtful(points, moved):
            return
        self._estimate = self._filter(points, self._since_look, weight=len(found))
        self._looks, self._since_look = self._looks + len(found), 0.0
        self._look = self._look_now()

    def _is_doubtful(self, points: Points, moved: Motion | None) -> bool:
        """Whether a look contradicts a motion that is beyond doubt; more than a few looks are right."""
        far = distance(self.points, points) > JUMP and moved is not None and moved.share > _SURE
        self._doubts = self._doubts + 1 if far else 0
        return far and self._doubts <= _MOST_DOUBTS

    def _move_window(self, picture: Picture) -> None:
        self._window = window_around(self.points, picture)
        self._levels = gray(self._window.cut(picture))

    def _looks_like(self, least: float) -> bool:
        return _correlation(self._look, self._look_now()) >= least

    def _look_now(self) -> Gray:
        square, _ = align(self._levels, self._window.inside(self.points), _LOOK_SIDE)
        return square


def _correlation(a: Gray, b: Gray) -> float:
    one, other = (values - values.mean() for values in (a.astype(np.float64), b.astype(np.float64)))
    return float((one * other).sum() / max(np.sqrt((one**2).sum() * (other**2).sum()), 1e-9))
