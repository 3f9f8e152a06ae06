"""How far off predictions were."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.simulation.measures import percentile

MOMENTS = {"submission": 0.0, "25 %": 0.25, "50 %": 0.5, "75 %": 0.75}
"""Parts of a job's time, from its submission to its end, at which it is looked at."""

Figures = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Told:
    """At `time`: a job ends in `left` seconds, and `position` segments of anyone start before its next.

    None where that is not known.
    """

    time: float
    left: float | None
    position: int | None


@dataclass(slots=True)
class Life:
    """A job: when it was submitted and over, when its segments started, and what was told of it, in order."""

    submitted: float
    over: float = 0.0
    starts: list[float] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def score(lives: Iterable[Life]) -> Figures:
    """By moment: median of (predicted - actual) / actual remaining time, median and 90th percentile of its size.

    Of the position: median and 90th percentile of its distance from the truth, in segments, and how many of all
    looks it was told at. The first word after a moment counts, and none that came when nothing was left.
    """
    jobs = list(lives)
    every = sorted(start for life in jobs for start in life.starts)
    found: dict[str, dict[str, list[float]]] = {moment: defaultdict(list) for moment in MOMENTS}
    for life in jobs:
        for moment, part in MOMENTS.items():
            _look(life, life.submitted + part * (life.over - life.submitted), every, found[moment])
    return {moment: _figures(values) for moment, values in found.items()}


def _look(life: Life, since: float, every: list[float], found: dict[str, list[float]]) -> None:
    told = next((one for one in life.told if one.time >= since and one.left is not None), None)
    if told is None or told.left is None or told.time >= life.over:
        return
    actual = life.over - told.time
    found["error"].append((told.left - actual) / actual)
    upcoming = bisect_right(life.starts, told.time)
    if told.position is not None and upcoming < len(life.starts):
        before = bisect_left(every, life.starts[upcoming]) - bisect_right(every, told.time)
        found["position"].append(abs(told.position - before))


def _figures(found: dict[str, list[float]]) -> dict[str, float]:
    errors, positions = sorted(found["error"]), found["position"]
    figures: dict[str, float] = {"jobs": len(errors)}
    if errors:
        sizes = [abs(error) for error in errors]
        figures |= {
            "eta_median": round(percentile(errors, 50), 3),
            "eta_off_median": round(percentile(sizes, 50), 3),
            "eta_off_p90": round(percentile(sizes, 90), 3),
        }
    if positions:
        figures |= {
            "position_off_median": percentile(positions, 50),
            "position_off_p90": percentile(positions, 90),
        }
    return figures
