"""Which frames were swapped, and in which a face was dropped that should have been."""

from dataclasses import dataclass, field

import numpy as np

from contracts.quality import Coverage
from faces.detect import Points
from faces.quality.sighting import Sighting
from faces.recognize import SAME_PERSON, Vector, likeness, unit

# From frame to frame of a stretch a face moves by less than this many eye distances.
_REACH = 1.0


@dataclass
class _Track:
    """One face through a stretch: whether it was swapped, by frame, and how it looks in the original."""

    changed: dict[int, bool]
    last: Points
    looks: list[Vector] = field(default_factory=list)

    @property
    def is_swapped(self) -> bool:
        """Whether it was, at any time."""
        return any(self.changed.values())

    @property
    def look(self) -> Vector | None:
        """How it looks in the original, as one unit vector."""
        return unit(np.mean(self.looks, 0)) if self.looks else None


class CoverageMeter:
    """Follows the faces of one stretch after another."""

    def __init__(self) -> None:
        """Nothing is seen yet."""
        self._frames = 0
        self._tracks: list[_Track] = []
        self._open: list[_Track] = []

    def begin(self) -> None:
        """The next frame does not follow the last one."""
        self._open = []

    def see(self, faces: list[tuple[Sighting, Vector | None]]) -> None:
        """Take the next frame's faces, each with how it looks in the original where that was looked at."""
        for face, look in faces:
            track = self._followed(face)
            track.changed[self._frames] = face.changed
            track.last = face.before
            if look is not None:
                track.looks.append(look)
        self._frames += 1

    def coverage(self, missing: int = 0) -> Coverage:
        """What was seen so far; `missing` frames of the original were found to have none in the result."""
        swapped = [track for track in self._tracks if track.is_swapped]
        wanted = swapped + [track for track in self._tracks if _is_forgotten(track, swapped)]
        untouched = [track for track in self._tracks if not any(track is one for one in wanted)]
        with_face = {frame for track in wanted for frame in track.changed}
        dropped = {frame for track in wanted for frame, changed in track.changed.items() if not changed}
        return Coverage(
            frames=self._frames,
            with_face=len(with_face),
            swapped=len(with_face - dropped),
            dropped=len(dropped),
            untouched=len({frame for track in untouched for frame in track.changed}),
            missing=missing,
        )

    def _followed(self, face: Sighting) -> _Track:
        """The track of a face; a new one where none was near."""
        reach = _REACH * float(np.linalg.norm(face.before[1] - face.before[0]))
        near = [track for track in self._open if self._frames not in track.changed]
        distances = [float(np.linalg.norm(track.last.mean(0) - face.before.mean(0))) for track in near]
        if distances and min(distances) < reach:
            return near[int(np.argmin(distances))]
        track = _Track({}, face.before)
        self._open.append(track)
        self._tracks.append(track)
        return track


def _is_forgotten(track: _Track, swapped: list[_Track]) -> bool:
    """Whether a face that was never swapped is that of somebody who was, elsewhere."""
    look = track.look
    if track.is_swapped or look is None:
        return False
    others = [other.look for other in swapped]
    return any(other is not None and likeness(look, other) >= SAME_PERSON for other in others)
