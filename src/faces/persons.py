"""Who is who: faces seen here and there in a video, sorted into the people they belong to. Pure.

Average-linkage clustering of recognizer vectors, as is usual for faces (Otto, Wang and Jain, "Clustering Millions of
Faces by Identity", IEEE PAMI 40 (2018), compare it with others), under one sure fact: two faces of one picture are
two people.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faces.recognize import Vector, likeness, unit

# Mean cosine from which two groups are one person's. A little above that of two single faces: who is found twice can
# be given the same face twice, but two people found as one cannot be told apart any more.
SAME_GROUP = 0.40
# Who is turned away or small looks like nobody: such faces join the group they are most like, from this cosine on.
_JOINS = 0.28
# A face worth judging a person by: pixels between the eyes, turn in `yaw_proxy`, the detector's score.
_CLEAR_EYES = 18.0
_CLEAR_YAW = 0.35
_CLEAR_SCORE = 0.75
_MOST_VECTORS = 6
_TYPICAL = 0.5  # cosine to a person's mean, below which a face does not stand for that person

_NEVER = -np.inf


@dataclass(frozen=True)
class Sighting:
    """A face in one of the pictures that were looked at.

    Attributes:
        vector: Of the recognizer.
        picture: Number of the picture; faces of one picture are different people.
        eyes: Pixels between the eyes.
        yaw: `faces.pose.yaw_proxy` of its points.
        score: The detector's, 0 to 1.
    """

    vector: Vector
    picture: int
    eyes: float
    yaw: float
    score: float

    @property
    def clear(self) -> bool:
        """Whether it shows a person well enough to be told from others by it alone."""
        return self.eyes >= _CLEAR_EYES and abs(self.yaw) <= _CLEAR_YAW and self.score >= _CLEAR_SCORE

    @property
    def quality(self) -> float:
        """How well it shows the person; more is better."""
        return self.score * min(self.eyes, 80.0) * max(0.05, 1 - 2 * abs(self.yaw))


@dataclass(frozen=True)
class Person:
    """Somebody who was seen.

    Attributes:
        vectors: What the person looks like: the mean first, then faces that differ.
        sightings: Places in the list that was given, the best first.
    """

    vectors: tuple[Vector, ...]
    sightings: tuple[int, ...]


def persons_of(sightings: Sequence[Sighting]) -> list[Person]:
    """The people that the faces belong to, who is seen most first. Faces that belong to nobody are left out."""
    clear = [place for place, one in enumerate(sightings) if one.clear]
    groups = _grouped([sightings[place] for place in clear], clear)
    rest = [place for place, one in enumerate(sightings) if not one.clear]
    left = [place for place in rest if not _joined(place, groups, sightings)]
    strangers = _grouped([sightings[place] for place in left], left)
    groups += [group for group in strangers if len(group) > 1]  # one poor look makes nobody
    return sorted((_person(group, sightings) for group in groups), key=lambda one: -len(one.sightings))


def likeness_to(vector: Vector, vectors: Iterable[Vector]) -> float:
    """Cosine of a face to the nearest of the vectors that stand for a person."""
    return max((likeness(vector, one) for one in vectors), default=-1.0)


def _grouped(sightings: Sequence[Sighting], places: Sequence[int]) -> list[list[int]]:
    """The places, grouped: the two groups that are most alike become one, until none are alike enough."""
    groups = [[place] for place in places]
    if len(groups) < 2:
        return groups
    alike = _cosines(sightings)
    sizes = np.ones(len(groups))
    while True:
        a, b = (int(value) for value in np.unravel_index(np.argmax(alike), alike.shape))
        if alike[a, b] < SAME_GROUP:
            return [group for group in groups if group]
        _merge(alike, sizes, a, b)
        groups[a], groups[b] = groups[a] + groups[b], []


def _cosines(sightings: Sequence[Sighting]) -> npt.NDArray[np.float64]:
    vectors = np.stack([one.vector for one in sightings]).astype(np.float64)
    pictures = np.array([one.picture for one in sightings])
    return np.where(pictures[:, None] == pictures[None, :], _NEVER, vectors @ vectors.T)


def _merge(alike: npt.NDArray[np.float64], sizes: npt.NDArray[np.float64], a: int, b: int) -> None:
    """Let group a be both; what may not be one with either may not be one with both."""
    row = (alike[a] * sizes[a] + alike[b] * sizes[b]) / (sizes[a] + sizes[b])
    row[a] = _NEVER
    alike[a], alike[:, a] = row, row
    alike[b], alike[:, b] = _NEVER, _NEVER
    sizes[a] += sizes[b]


def _joined(place: int, groups: list[list[int]], sightings: Sequence[Sighting]) -> bool:
    """Whether a face that is no clear one found a group; it is in it then."""
    one = sightings[place]
    found = [(_likeness_to_group(one, group, sightings), group) for group in groups]
    best = max(found, key=lambda pair: pair[0], default=(_NEVER, []))
    if best[0] < _JOINS:
        return False
    best[1].append(place)
    return True


def _likeness_to_group(one: Sighting, group: list[int], sightings: Sequence[Sighting]) -> float:
    members = [sightings[place] for place in group]
    if any(member.picture == one.picture for member in members):
        return float(_NEVER)
    return likeness(one.vector, _mean(members))


def _mean(members: Sequence[Sighting]) -> Vector:
    return unit(np.average([one.vector for one in members], axis=0, weights=[one.quality for one in members]))


def _person(group: list[int], sightings: Sequence[Sighting]) -> Person:
    best = sorted(group, key=lambda place: -sightings[place].quality)
    mean = _mean([sightings[place] for place in best])
    return Person(tuple(_standing_for(mean, [sightings[place].vector for place in best])), tuple(best))


def _standing_for(mean: Vector, vectors: Sequence[Vector]) -> list[Vector]:
    """The mean, and typical faces that differ most from each other: a person turns, ages of light pass over."""
    chosen = [mean]
    typical = [vector for vector in vectors if likeness(vector, mean) >= _TYPICAL]
    while typical and len(chosen) < _MOST_VECTORS:
        furthest = min(range(len(typical)), key=lambda place: likeness_to(typical[place], chosen))
        if likeness_to(typical[furthest], chosen) > 0.9:
            break
        chosen.append(typical.pop(furthest))
    return chosen
