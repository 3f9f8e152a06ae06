"""The faces of a video followed from frame to frame, from where they turn up to where they go."""

import math
from itertools import chain, islice

from faces.detect import Detection, FaceDetector, Picture, Points
from gpu_agent.tracking.closely import looks
from gpu_agent.tracking.cuts import Cuts
from gpu_agent.tracking.face import TrackedFace, box_of, distance, overlap
from gpu_agent.tracking.fading import Fading
from gpu_agent.tracking.looks import Looks
from gpu_agent.tracking.track import Track
from gpu_agent.tracking.window import window_around

# So many close looks must all see a face, with this score in the mean: plants, hands and bellies are seen by some.
_FIRST_LOOKS = 4
# And so many more tell where it is: what the mean of few gets wrong would be set right in full view.
_FURTHER_LOOKS = 8
BEGIN_SCORE = 0.6
# Once followed, the detector's own lower threshold is enough.
CONTINUE_SCORE = 0.4
_LEAST_EYES = 0.2  # eye distance over the box's width; a face from the front has 0.4 to 0.5
_SAME_PLACE = 0.2  # overlap of two boxes of one face
_TWICE = 0.5  # overlap of two tracks that follow one face
_NEAR = 1.5  # sizes by which a face that was lost may have moved
_LOOKS_A_FRAME = 3


class Tracker:
    """Follows the faces of consecutive frames."""

    def __init__(self, detector: FaceDetector) -> None:
        """Find faces with `detector`, which tells scores from `CONTINUE_SCORE` on."""
        self._detector = detector
        self._cuts = Cuts()
        self._looks = Looks(detector)
        self._tracks: list[Track] = []
        self._frames = self._numbers = 0
        self._last: float | None = None

    def update(self, picture: Picture, seconds: float) -> list[TrackedFace]:
        """The faces of the next frame (BGR), which is shown at `seconds`."""
        is_cut = self._cuts.is_cut(picture)
        lost = self._follow(picture, seconds)
        self._last = seconds
        missed = [] if is_cut else lost + [track for track in self._tracks if track.fading.is_missed]
        for face in self._looks.due(picture, seconds, is_cut or bool(lost)):
            self._take(picture, seconds, face, missed, is_cut)
        return [track.face for track in self._tracks if track.fading.strength > 0]

    def _follow(self, picture: Picture, seconds: float) -> list[Track]:
        """Take all faces to the next frame; those that are not where they should be are returned."""
        elapsed = 0.0 if self._last is None else seconds - self._last
        stride = math.ceil(len(self._tracks) / _LOOKS_A_FRAME)
        self._frames += 1
        there = [
            track.follow(picture, elapsed, _look_number(seconds), (self._frames + place) % stride == 0)
            for place, track in enumerate(self._tracks)
        ]
        lost = [track for track, is_there in zip(self._tracks, there, strict=True) if not is_there]
        self._tracks = _each_once([track for track in self._tracks if track not in lost])
        return [track for track in lost if not track.fading.gone]

    def _take(
        self, picture: Picture, seconds: float, face: Detection, missed: list[Track], is_cut: bool
    ) -> None:
        """Follow a face that was found, unless it is followed already or does not stand a closer look."""
        if face.eye_distance < _LEAST_EYES * face.box[2] or self._is_followed(face, missed):
            return
        found = self._first_looks(picture, face, _look_number(seconds))
        if not found:
            return
        track = next((one for one in missed if distance(one.points, face.points) < _NEAR), None)
        if track is None:
            self._numbers += 1
            fading = Fading(at_once=is_cut)
            self._tracks.append(Track(self._numbers, self._detector, picture, found, fading))
        else:
            missed.remove(track)
            track.restart(picture, found)
            self._tracks = [one for one in self._tracks if one is not track] + [track]

    def _is_followed(self, face: Detection, missed: list[Track]) -> bool:
        box = box_of(face.points)
        followed = (track for track in self._tracks if track not in missed)
        return any(overlap(box, box_of(track.points)) > _SAME_PLACE for track in followed)

    def _first_looks(self, picture: Picture, face: Detection, number: int) -> list[Points]:
        """The points that close looks see, in the picture's pixels; none where it is no face after all."""
        window = window_around(face.points, picture)
        cutout, near = window.cut(picture), window.inside(face.points)
        seen = looks(self._detector, cutout, near, number, _FIRST_LOOKS + _FURTHER_LOOKS)
        first = [look for look in islice(seen, _FIRST_LOOKS) if look is not None]
        if len(first) < _FIRST_LOOKS or sum(look.score for look in first) < _FIRST_LOOKS * BEGIN_SCORE:
            return []
        return [window.outside(look.points) for look in chain(first, seen) if look is not None]


def _look_number(seconds: float) -> int:
    """The number of a frame's look: by its time, so that frames are looked at alike wherever a video is cut."""
    return round(seconds * 1000)


def _each_once(tracks: list[Track]) -> list[Track]:
    """Without tracks that came upon a face which an older one follows."""
    kept: list[Track] = []
    for track in sorted(tracks, key=lambda track: track.number):
        box = box_of(track.points)
        if all(overlap(box, box_of(other.points)) < _TWICE for other in kept):
            kept.append(track)
    return kept
