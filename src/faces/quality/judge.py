"""The judge: is shown frames of an original beside those of the result, and reports all measures."""

from collections.abc import Sequence

import numpy as np

from contracts.quality import Background, PoseChange, QualityReport
from faces.detect import Detector, Picture, Points
from faces.quality.background import BackgroundMeter
from faces.quality.color import color_difference
from faces.quality.coverage import CoverageMeter
from faces.quality.flicker import FlickerMeter
from faces.quality.identity import IdentityMeter
from faces.quality.sharpness import sharpness_ratio
from faces.quality.sighting import Sighting, sightings
from faces.quality.turning import Turn, turn
from faces.recognize import Recognizer, Vector

# The recognizer and the close-ups are most of the work, and say much the same of the next frame.
_CLOSELY_EVERY = 2


class Judge:
    """Judges one result. Not safe for use by several threads at once."""

    def __init__(self, recognizer: Recognizer, wanted: Sequence[Vector], detector: Detector) -> None:
        """`wanted` are unit vectors of the faces that were put in."""
        self._recognizer, self._detector = recognizer, detector
        self._coverage, self._flicker = CoverageMeter(), FlickerMeter()
        self._background = BackgroundMeter()
        self._identity = IdentityMeter(recognizer, wanted)
        self._last: list[Points] = []
        self._place = 0
        self._turns: list[Turn] = []
        self._sharpness: list[float] = []
        self._colors: list[float] = []

    def begin(self) -> None:
        """The next frame does not follow the last one."""
        self._last, self._place = [], 0
        self._coverage.begin()
        self._flicker.begin()

    def see(self, original: Picture, result: Picture) -> None:
        """Take the next frame, BGR, upright and of the same size in both films."""
        before, after = self._detector.detect(original), self._detector.detect(result)
        self._see_background(original, result, [face.points for face in (*before, *after)])
        faces = sightings(original, result, before, after)
        swapped = [face for face in faces if face.changed]
        self._flicker.see(original, result, [face.before for face in swapped])
        closely = self._place % _CLOSELY_EVERY == 0
        looks = [self._recognizer.embed(original, face.before) if closely else None for face in faces]
        self._coverage.see(list(zip(faces, looks, strict=True)))
        self._place += 1
        for face, look in zip(faces, looks, strict=True):
            if face.changed and look is not None:
                self._see_swapped(original, result, face, look)

    def report(self, missing: int = 0) -> QualityReport:
        """What was seen so far; `missing` frames of the original were found to have none in the result."""
        background = self._background
        return QualityReport(
            coverage=self._coverage.coverage(missing),
            identity=self._identity.identity(),
            pose=self._pose(),
            flicker=self._flicker.flicker(),
            sharpness=_median(self._sharpness),
            color=_median(self._colors),
            background=None
            if background.psnr is None or background.worst is None
            else Background(psnr=background.psnr, worst=background.worst),
        )

    def _see_background(self, original: Picture, result: Picture, faces: list[Points]) -> None:
        """What is no face now, and was none a frame ago: a face that no detector finds may well have been swapped."""
        self._background.see(original, result, [*faces, *self._last])
        self._last = faces

    def _see_swapped(self, original: Picture, result: Picture, face: Sighting, look: Vector) -> None:
        points = face.before if face.after is None else face.after
        self._identity.see(look, self._recognizer.embed(result, points))
        turned = turn(self._detector, original, result, face.before)
        if turned is not None:
            self._turns.append(turned)
        for measure, found in ((sharpness_ratio, self._sharpness), (color_difference, self._colors)):
            value = measure(original, result, face.before)
            if value is not None:
                found.append(value)

    def _pose(self) -> PoseChange | None:
        if not self._turns:
            return None
        yaw, pitch, roll = np.mean([(one.yaw, one.pitch, one.roll) for one in self._turns], 0)
        return PoseChange(yaw=float(yaw), pitch=float(pitch), roll=float(roll))


def _median(values: Sequence[float]) -> float | None:
    return float(np.median(values)) if values else None
