"""Faces followed from frame to frame: steady points, short gaps kept, no flicker at the threshold."""

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from faces.align import align
from faces.detect import Detection, Picture, Points
from gpu_agent.smoothing import OneEuro

# A face begins with this score; once followed, the detector's own lower threshold is enough.
BEGIN_SCORE = 0.65
CONTINUE_SCORE = 0.4
_LEAST_OVERLAP = 0.25
_LEAST_EYES = 0.2  # eye distance over the box's width; a face from the front has 0.4 to 0.5
_LONGEST_GAP = 4  # frames
_JUMP = 0.6  # eye distances in one frame: no movement, a cut
_SAME_LOOK = 14.0  # mean absolute difference of gray levels
_LOOK_SIDE = 32


@dataclass(frozen=True)
class TrackedFace:
    """A face in one frame: smoothed `points` (5, 2) in pixels; `track` is the same along a video."""

    track: int
    points: Points


@dataclass
class _Track:
    number: int
    box: tuple[float, float, float, float]
    points: Points
    look: npt.NDArray[np.uint8]
    filter: OneEuro = field(default_factory=OneEuro)
    missed: int = 0


class Tracker:
    """Follows the faces of consecutive frames."""

    def __init__(self) -> None:
        self._tracks: list[_Track] = []
        self._next = 0

    def update(self, picture: Picture, found: list[Detection], seconds: float) -> list[TrackedFace]:
        """The faces of the next frame (BGR), `seconds` after the last, given what the detector found."""
        pairs, new = self._match(found)
        followed = [self._follow(track, pairs.get(track.number), picture, seconds) for track in self._tracks]
        self._tracks = [track for track, alive in zip(self._tracks, followed, strict=True) if alive]
        self._tracks += [self._begin(face, picture) for face in new if _convincing(face)]
        return [TrackedFace(track.number, track.points) for track in self._tracks]

    def _match(self, found: list[Detection]) -> tuple[dict[int, Detection], list[Detection]]:
        """Detections by track, greedily by overlap, and those of no track."""
        overlaps = [
            (overlap(track.box, face.box), track.number, index)
            for track in self._tracks
            for index, face in enumerate(found)
        ]
        pairs: dict[int, Detection] = {}
        used: set[int] = set()
        for share, number, index in sorted(overlaps, reverse=True):
            if share >= _LEAST_OVERLAP and number not in pairs and index not in used:
                pairs[number] = found[index]
                used.add(index)
        return pairs, [face for index, face in enumerate(found) if index not in used]

    def _follow(self, track: _Track, face: Detection | None, picture: Picture, seconds: float) -> bool:
        """Move a track to what was found; else keep it for a while if its place still looks the same."""
        if face is None:
            track.missed += 1
            return track.missed <= _LONGEST_GAP and _alike(track.look, _look(picture, track.points))
        if _moved(track.points, face) > _JUMP:
            track.filter.reset()
        track.box, track.missed = face.box, 0
        track.points = track.filter(face.points, seconds)
        track.look = _look(picture, track.points)
        return True

    def _begin(self, face: Detection, picture: Picture) -> _Track:
        self._next += 1
        track = _Track(self._next, face.box, face.points, _look(picture, face.points))
        track.filter(face.points, 0.0)
        return track


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Intersection over union of two boxes (x, y, width, height)."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    common = max(width, 0.0) * max(height, 0.0)
    return common / max(a[2] * a[3] + b[2] * b[3] - common, 1e-9)


def _convincing(face: Detection) -> bool:
    """Whether to begin a track: what looks like a full profile is mostly no face at all."""
    return face.score >= BEGIN_SCORE and face.eye_distance >= _LEAST_EYES * face.box[2]


def _moved(points: Points, face: Detection) -> float:
    return float(np.linalg.norm((face.points - points).mean(0))) / max(face.eye_distance, 1e-3)


def _look(picture: Picture, points: Points) -> npt.NDArray[np.uint8]:
    crop, _ = align(picture, points, _LOOK_SIDE)
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.uint8)


def _alike(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]) -> bool:
    return float(np.abs(a.astype(np.int16) - b).mean()) < _SAME_LOOK
