"""The trial: faces, pairs and gallery that every engine is measured on alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contracts.errors import Reason, RequestError
from gpu_agent.engines.base import Crops
from training.evaluation.album import Eyes, Looks, Stack
from training.evaluation.pairs import Pair, draw
from training.pack import Pack, Row

# Photos of which more is repeated edge are a matter of their own: recognizers see the smear too.
MOST_OUTSIDE = 0.08
_TRAIN = "train"


@dataclass(frozen=True)
class Plan:
    """What is evaluated on.

    Attributes:
        split: Of the data set.
        pairs: At most so many.
        seed: Of the pairing.
        sets: Only these sources of the data set; all where there are none.
        tight: Whether photos with more than `MOST_OUTSIDE` of repeated edge are meant, else the others.
    """

    split: str = "test"
    pairs: int = 400
    seed: int = 1
    sets: Sequence[str] = ()
    tight: bool = False


@dataclass(frozen=True)
class Trial:
    """Faces that are looked at once, and what is to be done with them. All numbers are places in `crops`.

    Attributes:
        seed: Of the pairing, and of what else is drawn.
        crops: (n, 160, 160, 3), BGR.
        people: (n,): a number for each face's person.
        gallery: One face a person; of strangers too, who are in no pair.
        again: Points of the targets, one a pair, looked at once more.
        other_photo: By place in `crops`, whether its person is in the gallery by a photo that no pair uses.
        drawn_from: Photos of the split; `persons`: how many people they show.
    """

    seed: int
    rows: Sequence[Row]
    crops: Crops
    looks: Looks
    again: Stack
    people: npt.NDArray[np.int64]
    pairs: Sequence[Pair]
    gallery: Sequence[int]
    strangers: int
    other_photo: npt.NDArray[np.bool_]
    drawn_from: int
    persons: int

    @property
    def sources(self) -> list[int]:
        """One a pair."""
        return [pair.source for pair in self.pairs]

    @property
    def targets(self) -> list[int]:
        """One a pair."""
        return [pair.target for pair in self.pairs]

    @property
    def wanted(self) -> npt.NDArray[np.int64]:
        """For each pair, where in `gallery` its source's person is."""
        place = {int(self.people[face]): number for number, face in enumerate(self.gallery)}
        return np.array([place[int(self.people[face])] for face in self.sources], np.int64)


def prepare(pack: Pack, plan: Plan, eyes: Eyes, told: Callable[[str], None]) -> Trial:
    """Draw the pairs and look at all faces in question.

    Raises `RequestError` where the split shows fewer than two people, `WorkError` where a picture cannot be read.
    """
    split = pack.where(lambda row: row.split == plan.split and _is_meant(row, plan))
    if not split.rows:
        raise _empty(pack, plan)
    drawn = draw(split.identities, plan.pairs, plan.seed)
    known = {row.identity for row in split.rows}
    strangers = _strangers(pack, plan, known)
    used = sorted({*drawn.gallery, *(row for pair in drawn.pairs for row in (pair.source, pair.target))})
    place = {row: number for number, row in enumerate(used)}
    chosen = Pack(pack.folder, [*(split.rows[row] for row in used), *strangers])
    told(f"looking at {len(chosen.rows)} photos")
    crops = np.ascontiguousarray(chosen.faces[..., ::-1])
    pairs = [Pair(place[pair.source], place[pair.target]) for pair in drawn.pairs]
    return Trial(
        seed=plan.seed,
        rows=chosen.rows,
        crops=crops,
        looks=eyes.looks(list(crops)),
        again=_again(eyes, crops, [pair.target for pair in pairs]),
        people=chosen.identities,
        pairs=pairs,
        gallery=[*(place[row] for row in drawn.gallery), *range(len(used), len(chosen.rows))],
        strangers=len(strangers),
        other_photo=drawn.other_photo[split.identities[used]],
        drawn_from=len(split.rows),
        persons=len(known),
    )


def _again(eyes: Eyes, crops: Crops, targets: Sequence[int]) -> Stack:
    unique, places = np.unique(np.array(targets), return_inverse=True)
    return eyes.again(list(crops[unique]))[places]


def _is_meant(row: Row, plan: Plan) -> bool:
    return (row.outside > MOST_OUTSIDE) == plan.tight and (not plan.sets or row.source in plan.sets)


def _strangers(pack: Pack, plan: Plan, known: set[str]) -> list[Row]:
    """One photo of everybody else whom no training has seen."""
    others: dict[str, Row] = {}
    for row in pack.rows:
        is_seen = row.split in (_TRAIN, plan.split) or row.identity in known
        if not is_seen and (row.outside > MOST_OUTSIDE) == plan.tight:
            others.setdefault(row.identity, row)
    return list(others.values())


def _empty(pack: Pack, plan: Plan) -> RequestError:
    splits = sorted({row.split for row in pack.rows})
    sets = sorted({row.source for row in pack.rows})
    return RequestError(
        Reason.INVALID,
        f"{pack.folder} has no such photos. Splits: {', '.join(splits)}; sets: {', '.join(sets)}.",
        splits=splits,
        sets=sets,
    )
