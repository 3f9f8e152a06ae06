"""How far figures vary by whom a data set happens to show: 95 % intervals by a bootstrap over people.

Each person is in several pairs, as source and as target, so pairs are not independent of each other, and drawing pairs
would take the figures for surer than they are. The pigeonhole bootstrap (Owen, Annals of Applied Statistics 1(2), 2007)
draws people twice with replacement, as sources and as targets; a pair counts as often as the one times the other.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from training.evaluation.figures import told
from training.evaluation.groups import PerPair
from training.evaluation.report import Interval, Intervals
from training.evaluation.trial import Trial

_DRAWS = 2000
_BOUNDS = (2.5, 97.5)

Values = npt.NDArray[np.float64]
# (draws, n): how often each value counts in each draw.
Weights = npt.NDArray[np.float64]


def intervals(values: PerPair, psnrs: Values, trial: Trial) -> Intervals:
    """Of the main figures; `psnrs` are of one photo a person."""
    random = np.random.default_rng(trial.seed)
    sources, targets = trial.people[trial.sources], trial.people[trial.targets]
    weights = counts(sources, random) * counts(targets, random)
    return Intervals(
        cosine_source_median=of_median(values.cosine_source, weights),
        cosine_target_median=of_median(values.cosine_target, weights),
        points_percent_median=of_median(values.points_percent, weights),
        retrieval_top1=of_mean(values.found.astype(np.float64), weights),
        psnr_median=of_median(psnrs, counts(np.arange(len(psnrs)), random)),
    )


def counts(people: npt.NDArray[np.int64], random: np.random.Generator) -> Weights:
    """How often the person of each value is drawn, where as many people are drawn as there are."""
    unique, places = np.unique(people, return_inverse=True)
    drawn = random.multinomial(len(unique), np.full(len(unique), 1 / len(unique)), _DRAWS)
    return drawn[:, places].astype(np.float64)


def of_median(values: Values, weights: Weights) -> Interval | None:
    """Of the median of the finite values; None where there is none."""
    order = np.argsort(values)[: int(np.isfinite(values).sum())]
    sums = weights[:, order].cumsum(1)
    sums = sums[sums[:, -1] > 0] if order.size else sums[:0]
    middles = (sums < sums[:, -1:] / 2).sum(1)
    return _between(values[order][middles])


def of_mean(values: Values, weights: Weights) -> Interval | None:
    """Of the mean; None where no value is ever drawn."""
    sums = weights.sum(1)
    return _between((weights @ values)[sums > 0] / sums[sums > 0])


def _between(figures: Values | Sequence[float]) -> Interval | None:
    if not len(figures):
        return None
    low, high = np.percentile(figures, _BOUNDS)
    return told(low), told(high)
