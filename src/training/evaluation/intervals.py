"""How far figures, and differences of two engines, vary by whom a data set shows: 95 % by a bootstrap over people.

Each person is in several pairs, as source and as target, so pairs are not independent of each other, and drawing pairs
would take the figures for surer than they are. The pigeonhole bootstrap (Owen, Annals of Applied Statistics 1(2), 2007)
draws people twice with replacement, as sources and as targets; a pair counts as often as the one times the other.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from training.evaluation.figures import told
from training.evaluation.report import Difference, Differences, Interval, Intervals
from training.evaluation.trial import Trial
from training.evaluation.values import Values

_DRAWS = 2000
_BOUNDS = (2.5, 97.5)

_Numbers = npt.NDArray[np.float64]
# (draws, n): how often each value counts in each draw.
Weights = npt.NDArray[np.float64]


def intervals(values: Values, trial: Trial) -> Intervals:
    """Of the main figures."""
    weights, by_photo = _drawn(values, trial)
    pairs = values.pairs
    return Intervals(
        cosine_source_median=of_median(pairs.cosine_source, weights),
        cosine_target_median=of_median(pairs.cosine_target, weights),
        points_percent_median=of_median(pairs.points_percent, weights),
        retrieval_top1=of_mean(pairs.found.astype(np.float64), weights),
        psnr_median=of_median(values.psnrs, by_photo),
    )


def differences(first: Values, second: Values, trial: Trial) -> Differences:
    """The first less the second, pair by pair, on one trial: whom it shows matters less than to either alone."""
    weights, by_photo = _drawn(first, trial)
    a, b = first.pairs, second.pairs
    return Differences(
        cosine_source=_difference(a.cosine_source - b.cosine_source, weights),
        cosine_target=_difference(a.cosine_target - b.cosine_target, weights),
        points_percent=_difference(a.points_percent - b.points_percent, weights),
        found=_difference(a.found.astype(np.float64) - b.found, weights),
        psnr=_difference(first.psnrs - second.psnrs, by_photo),
    )


def _drawn(values: Values, trial: Trial) -> tuple[Weights, Weights]:
    """How often each pair counts, and each photo of a reconstruction; the same for all engines on a trial."""
    random = np.random.default_rng(trial.seed)
    sources, targets = trial.people[trial.sources], trial.people[trial.targets]
    return counts(sources, random) * counts(targets, random), counts(np.arange(len(values.psnrs)), random)


def _difference(values: _Numbers, weights: Weights) -> Difference | None:
    known = np.isfinite(values)
    interval = of_mean(values[known], weights[:, known])
    return Difference(mean=told(values[known].mean()), interval=interval) if interval else None


def counts(people: npt.NDArray[np.int64], random: np.random.Generator) -> Weights:
    """How often the person of each value is drawn, where as many people are drawn as there are."""
    unique, places = np.unique(people, return_inverse=True)
    drawn = random.multinomial(len(unique), np.full(len(unique), 1 / len(unique)), _DRAWS)
    return drawn[:, places].astype(np.float64)


def of_median(values: _Numbers, weights: Weights) -> Interval | None:
    """Of the median of the finite values; None where there is none."""
    order = np.argsort(values)[: int(np.isfinite(values).sum())]
    sums = weights[:, order].cumsum(1)
    sums = sums[sums[:, -1] > 0] if order.size else sums[:0]
    middles = (sums < sums[:, -1:] / 2).sum(1)
    return _between(values[order][middles])


def of_mean(values: _Numbers, weights: Weights) -> Interval | None:
    """Of the mean; None where no value is ever drawn."""
    sums = weights.sum(1)
    return _between((weights @ values)[sums > 0] / sums[sums > 0])


def _between(figures: _Numbers | Sequence[float]) -> Interval | None:
    if not len(figures):
        return None
    low, high = np.percentile(figures, _BOUNDS)
    return told(low), told(high)
