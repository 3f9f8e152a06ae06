"""Faces given to the people they belong to: looked at now and then, decided by all looks, steady along a track."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from contracts.messages import PersonRef
from faces.align import align
from faces.detect import Picture, Points
from faces.persons import likeness_to
from faces.pose import yaw_proxy
from faces.recognize import Recognizer, SFace, Vector, likeness, unit
from gpu_agent.tracking import TrackedFace

Floats = npt.NDArray[np.float64]

# Cosine to a person, and how far ahead of the next person, from which a track is taken for that person's. Strangers who
# look alike reach 0.37; somebody is mostly above 0.6, as the vectors are of the same video.
_KNOWN = 0.40
_AHEAD = 0.07
# The same of one look that decides at once, whatever was seen before.
_SURE = 0.48
_SURE_AHEAD = 0.15
# A track that is somebody's stays so until its looks are less like that person than this.
_LOST = 0.22
_SAME_TRACK = 0.32  # cosine to what was seen of a track, below which, after a change, it is somebody else
_FADES = 0.85  # what a look weighs after the next one
# Correlation of two frames' gray faces, below which something may have happened: within a face 95 in 100 pairs of
# neighbors stay above it; two people whom a cut exchanges reach 0.82.
_UNCHANGED = 0.9
_LOOK_SIDE = 32
_INNER = np.s_[4:30, 4:28]  # of that, without background
# Frames after which a track is looked at again, doubled up to the second; one that is nobody's more often, and at once
# where it is seen so much better than ever before.
_FIRST_WAIT, _LONGEST_WAIT = 2, 24
_LONGEST_DOUBT = 12
_BETTER = 1.25
_LARGE = 60.0  # pixels between the eyes, beyond which a face is not seen better
_FORGOTTEN = 250  # frames after which a track that is not seen any more is forgotten


@dataclass
class _Track:
    """What is known of one face on screen.

    Attributes:
        scores: By person, a faded sum over looks of cosine times weight; `weight` is that of the weights.
        memory: What the face looks like, of all looks.
        gray: The face in the frame before.
        person: Whose it is, as far as is known.
        wait: Frames until the next look; `next_wait` from that on.
        view: How well it was seen at best.
        seen: When it was seen last, in frames.
    """

    scores: Floats
    weight: float = 0.0
    memory: Vector | None = None
    gray: Floats | None = None
    person: int | None = None
    wait: int = 0
    next_wait: int = _FIRST_WAIT
    view: float = 0.0
    seen: int = 0
    looks: int = 0


class Recognized:
    """Gives the people of a task their faces, and leaves everybody else as he is. A `Casting`."""

    def __init__(self, persons: Sequence[PersonRef], recognizer: Recognizer | None = None) -> None:
        """Tell apart these people, of whom those without a face count too."""
        self._vectors = [np.array(person.vectors, np.float32) for person in persons]
        self._faces = [person.face for person in persons]
        self._recognizer = recognizer or SFace()
        self._tracks: dict[int, _Track] = {}
        self._clock = 0
        self._picture: Picture | None = None

    def face_of(self, picture: Picture, face: TrackedFace) -> int | None:
        """As `Casting.face_of`."""
        self._tick(picture)
        track = self._tracks.setdefault(face.track, _Track(np.zeros(len(self._vectors))))
        track.seen = self._clock
        gray = _gray(picture, face.points)
        changed = track.gray is not None and float((gray * track.gray).sum()) < _UNCHANGED
        track.gray, track.wait = gray, track.wait - 1
        if changed or track.wait <= 0 or _is_seen_better(track, face.points):
            self._look(track, picture, face.points, changed)
        return None if track.person is None else self._faces[track.person]

    def _tick(self, picture: Picture) -> None:
        """Count frames, and forget tracks that have ended."""
        if picture is self._picture:
            return
        self._picture = picture
        self._clock += 1
        if self._clock % _FORGOTTEN == 0:
            since = self._clock - _FORGOTTEN
            self._tracks = {name: track for name, track in self._tracks.items() if track.seen > since}

    def _look(self, track: _Track, picture: Picture, points: Points, changed: bool) -> None:
        vector = self._recognizer.embed(picture, points)
        scores = np.array([likeness_to(vector, vectors) for vectors in self._vectors])
        before = track.person
        if (changed and _strange(track, vector)) or _surely(scores) not in (None, before):
            _begin_anew(track)
        _remember(track, vector, scores, _frontal(points))
        track.view = max(track.view, _view(points))
        track.person = _decided(track, scores)
        _plan_next(track, before)


def _frontal(points: Points) -> float:
    """What a look weighs: from the side everybody looks like anybody."""
    return max(0.1, 1 - 2 * abs(yaw_proxy(points)))


def _view(points: Points) -> float:
    """How well a face can be recognized: large and from the front."""
    return min(float(np.linalg.norm(points[1] - points[0])), _LARGE) * _frontal(points)


def _is_seen_better(track: _Track, points: Points) -> bool:
    """Whether somebody of whom it is not known who it is could be recognized now."""
    return track.person is None and _view(points) > _BETTER * track.view


def _strange(track: _Track, vector: Vector) -> bool:
    return track.memory is not None and likeness(vector, track.memory) < _SAME_TRACK


def _begin_anew(track: _Track) -> None:
    track.scores[:] = 0
    track.weight, track.memory, track.person, track.next_wait = 0.0, None, None, _FIRST_WAIT


def _remember(track: _Track, vector: Vector, scores: Floats, weight: float) -> None:
    track.scores = track.scores * _FADES + scores * weight
    track.weight = track.weight * _FADES + weight
    track.memory = vector if track.memory is None else unit(track.memory * 3 + vector * weight)
    track.looks += 1


def _decided(track: _Track, look: Floats) -> int | None:
    """Whose track it is after a look at it."""
    if (sure := _surely(look)) is not None:
        return sure
    mean = track.scores / track.weight
    best, ahead = _leader(mean)
    if mean[best] >= _KNOWN and ahead >= _AHEAD:
        return best
    stays = track.person is not None and mean[track.person] >= _LOST
    return track.person if stays else None


def _surely(look: Floats) -> int | None:
    """Whom a look shows beyond doubt."""
    best, ahead = _leader(look)
    return best if look[best] >= _SURE and ahead >= _SURE_AHEAD else None


def _leader(scores: Floats) -> tuple[int, float]:
    """The person with the highest score, and how far it is above the next."""
    best = int(np.argmax(scores))
    others = np.delete(scores, best)
    return best, float(scores[best] - others.max()) if len(others) else np.inf


def _plan_next(track: _Track, before: int | None) -> None:
    """Look again soon after a change or in doubt, then ever more seldom."""
    if track.person != before:
        track.next_wait = _FIRST_WAIT
    most = _LONGEST_WAIT if track.person is not None else _LONGEST_DOUBT
    track.wait = min(track.next_wait if track.looks > 1 else 1, most)
    track.next_wait = min(track.next_wait * 2, most)


def _gray(picture: Picture, points: Points) -> Floats:
    """The face small and gray, its mean 0 and its length 1: two of them multiplied are their correlation."""
    crop, _ = align(picture, points, _LOOK_SIDE)
    gray = np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.float64)[_INNER]
    gray -= gray.mean()
    return np.asarray(gray / max(float(np.linalg.norm(gray)), 1e-9), np.float64)
