"""Who is put into whom: pairs of photos of two people, and the gallery in which results are looked up.

Every person counts alike, however many photos there are: in each round everybody is source once and target once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contracts.errors import Reason, RequestError

Numbers = npt.NDArray[np.int64]
_Random = np.random.Generator


@dataclass(frozen=True)
class Pair:
    """Rows of the faces that a swap is made of: whose face it gets, and whose picture it is."""

    source: int
    target: int


@dataclass(frozen=True)
class Drawn:
    """Pairs, and the gallery.

    Attributes:
        pairs: Never of one person.
        gallery: One row a person.
        other_photo: By person, whether the row in the gallery is one that no pair uses.
    """

    pairs: Sequence[Pair]
    gallery: Sequence[int]
    other_photo: npt.NDArray[np.bool_]


def draw(people: Numbers, most: int, seed: int) -> Drawn:
    """At most `most` pairs of rows, `people` being a number for each row's person, from 0 up.

    One photo of everybody who has two is kept for the gallery; who has one is there by that.
    Raises `RequestError` where there are fewer than two people.
    """
    random = np.random.default_rng(seed)
    photos = [random.permutation(np.flatnonzero(people == person)) for person in range(_count(people))]
    gallery = [int(rows[0]) for rows in photos]
    used = [rows[1:] if len(rows) > 1 else rows for rows in photos]
    return Drawn(_pairs(used, most, random), gallery, np.array([len(rows) > 1 for rows in photos]))


def _count(people: Numbers) -> int:
    count = int(people.max()) + 1 if len(people) else 0
    if count < 2:
        raise RequestError(
            Reason.INVALID, f"The split shows {count} people; a swap needs two at least.", people=count
        )
    return count


def _pairs(photos: Sequence[Numbers], most: int, random: _Random) -> list[Pair]:
    pairs: list[Pair] = []
    turns = [0] * len(photos)

    def next_photo(person: int) -> int:
        turns[person] += 1
        return int(photos[person][turns[person] % len(photos[person])])

    while len(pairs) < most:
        order = random.permutation(len(photos))
        # Each gets the picture of whoever is next in a random ring: never their own.
        ring = zip(order, np.roll(order, 1), strict=True)
        pairs += [Pair(next_photo(source), next_photo(target)) for source, target in ring]
    return pairs[:most]
