"""The main figures by groups of people and photos: for whom an engine works less well."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from training.evaluation.figures import median, told
from training.evaluation.pixels import brightness
from training.evaluation.report import Group
from training.evaluation.trial import Trial
from training.evaluation.values import PerPair

# Of a part of fewer pairs a median says nothing.
LEAST_PAIRS = 8
_THIRDS = ("dark", "middle", "bright")


def groups(trial: Trial, values: PerPair) -> list[Group]:
    """By set, gender, licence class and brightness of the source's photo and of the target's."""
    labels = _labels(trial)
    return [
        _group(of, by, value, np.array([label == value for label in given]), values)
        for of, faces in (("source", trial.sources), ("target", trial.targets))
        for by, all_given in labels.items()
        for given in [[all_given[face] for face in faces]]
        for value in _large(given)
    ]


def _labels(trial: Trial) -> Mapping[str, Sequence[str]]:
    return {
        "set": [row.source for row in trial.rows],
        "gender": [row.extra.get("gender", "") for row in trial.rows],
        "licence": [row.licence_class for row in trial.rows],
        "brightness": thirds(brightness(trial.crops, trial.looks.placed)),
    }


def thirds(values: npt.NDArray[np.float64]) -> list[str]:
    """For each value, in which third of all values it is."""
    bounds = np.percentile(values, (100 / 3, 200 / 3))
    return [_THIRDS[place] for place in np.searchsorted(bounds, values)]


def _large(given: Sequence[str]) -> Iterator[str]:
    for value in sorted(set(given) - {""}):
        if given.count(value) >= LEAST_PAIRS:
            yield value


def _group(of: str, by: str, value: str, chosen: npt.NDArray[np.bool_], values: PerPair) -> Group:
    return Group(
        of=of,
        by=by,
        value=value,
        pairs=int(chosen.sum()),
        cosine_source_median=told(np.median(values.cosine_source[chosen])),
        cosine_target_median=told(np.median(values.cosine_target[chosen])),
        points_percent_median=median(values.points_percent[chosen]),
        retrieval_top1=told(values.found[chosen].mean()),
    )
