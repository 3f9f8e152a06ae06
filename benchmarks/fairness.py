"""Fairness of the scheduler's queue beside FIFO, strict priority and a queue for each tier, by simulation.

All four rules take the same loads on the same simulated slots; `sfq` is `scheduler.fairqueue.FairQueue` itself. A
figure is the worst of all seeds, orders of arrival and numbers of slots D (1, 2, 4 and 8). Unless said otherwise, one
user of each tier (4:2:1) has work waiting all the time. Time is simulated, so every figure but the two `decision_us`
is the same on every machine. Figures of each rule:

- share_error_equal: all backlogged, equal costs; largest distance of a user's share of GPU seconds from his due,
  w_i / (sum of w), in any window of 28 consecutive releases (four rounds of 4:2:1).
- share_error_unknown: the same with costs anywhere within a factor of 3 of the estimate, either way, in any window
  of 700 releases.
- lag_equal_segments, lag_unknown_segments: largest distance of a user's GPU seconds since the start from his due, in
  mean segments, at any time of these runs. Of a rule that is unfair for ever it grows with the run.
- share_error_several, lag_several_segments: equal costs, but four free users, two pro and one business user.
- jain_worst: smallest Jain index of W_i / w_i in any window of 28 releases, equal costs.
- jain_steady: the same without the first 28 releases, in which it counts who came first.
- newcomer_p99_segments: a user floods; others, new or back from idle, come for one segment. Time until it is released,
  in segments of the largest cost, 99th percentile, worst pair of flooding tier and visitor's tier.
- longest_gap: most releases from one of a backlogged free user's to his next; equal costs.
- idle_seconds: slot seconds idled while a segment waited, in all runs.

For `sfq` also:

- bound_ratio: worst |W_i/w_i - W_j/w_j| over (D+1)(c_i/w_i + c_j/w_j) of any pair over any interval in which both are
  backlogged, in all backlogged runs and in a mixed load of returning users and dying agents.
- decision_us_1000, decision_us_100000: CPU microseconds for the end of a segment and the next release together, with so
  many users backlogged.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.simulation import loads, measures
from benchmarks.simulation.decisions import decision_us
from benchmarks.simulation.machine import Load, Machine, Trace
from benchmarks.simulation.rules import RULES

EACH = {"free": 1, "pro": 1, "business": 1}
SEVERAL = {"free": 4, "pro": 2, "business": 1}
SLOTS = (1, 2, 4, 8)
SHORT, LONG = 28, 700


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is simulated: releases of a backlogged run, segments of a flood, jobs of a mixed load, seeds."""

    releases: int
    flood: int
    visits: int
    jobs: int
    seeds: int


DEFAULT = Scale(releases=1_400, flood=2_000, visits=60, jobs=150, seeds=3)
FULL = Scale(releases=7_000, flood=10_000, visits=300, jobs=600, seeds=12)


def measure(name: str, scale: Scale) -> dict[str, float]:
    """Every figure of a rule, by name."""
    report = _Report(name, scale)
    report.equal()
    report.unknown()
    report.newcomers()
    report.mixed()
    return report.figures()


class _Report:
    """Runs the scenarios under one rule and keeps the worst of each figure."""

    def __init__(self, name: str, scale: Scale) -> None:
        self._name, self._scale = name, scale
        self._worst: dict[str, float] = {"jain_worst": 1.0, "jain_steady": 1.0}
        self._idle = 0.0

    def figures(self) -> dict[str, float]:
        """The worst of each, rounded."""
        worst = self._worst | {"idle_seconds": self._idle}
        if self._name != "sfq":
            del worst["bound_ratio"]
        return {name: round(figure, 4) for name, figure in worst.items()}

    def equal(self) -> None:
        """All backlogged, equal costs: one user a tier, submitting in either order; then several."""
        each = loads.weights_of(EACH)
        for slots in SLOTS:
            for weights in (each, dict(reversed(each.items()))):
                trace = self._backlogged(weights, slots, loads.equal, 0)
                self._note("share_error_equal", measures.share_error(trace, weights, SHORT))
                self._note("lag_equal_segments", measures.lag(trace, weights))
                self._note("longest_gap", measures.longest_gap(trace, "free-0"))
                self._jain(trace, weights)
            weights = loads.weights_of(SEVERAL)
            trace = self._backlogged(weights, slots, loads.equal, 0)
            self._note("share_error_several", measures.share_error(trace, weights, SHORT))
            self._note("lag_several_segments", measures.lag(trace, weights))

    def unknown(self) -> None:
        """All backlogged, costs within 3x of what the queue was told."""
        weights = loads.weights_of(EACH)
        for slots in SLOTS:
            for seed in range(self._scale.seeds):
                trace = self._backlogged(weights, slots, loads.unknown, seed)
                self._note("share_error_unknown", measures.share_error(trace, weights, LONG))
                self._note("lag_unknown_segments", measures.lag(trace, weights))

    def newcomers(self) -> None:
        """A flood of each tier in turn, and visitors of every tier."""
        for flooding in loads.TIERS:
            found: dict[str, list[float]] = {tier: [] for tier in loads.TIERS}
            for slots in SLOTS:
                for seed in range(self._scale.seeds):
                    load = loads.flood(flooding, self._scale.flood, slots, self._scale.visits, seed)
                    for job, wait in self._waits(load).items():
                        found[job.partition("-")[0]].append(wait)
            for values in found.values():
                self._note("newcomer_p99_segments", measures.percentile(values, 99))

    def mixed(self) -> None:
        """Users who leave and return, agents who die: the bound, and no slot idle."""
        weights = loads.weights_of({"free": 3, "pro": 2, "business": 1})
        for seed in range(self._scale.seeds):
            trace = self._run(loads.mixed(SLOTS[-1], self._scale.jobs, seed), None)
            self._note("bound_ratio", measures.bound_ratio(trace, weights))

    def _waits(self, load: Load) -> dict[str, float]:
        visits = {str(one.work.job): one.time for one in load.arrivals if one.work.user != "flood"}
        return measures.waits(self._run(load, None, sampled=False), visits)

    def _backlogged(self, weights: dict[str, float], slots: int, cost: loads.Cost, seed: int) -> Trace:
        releases = self._scale.releases
        trace = self._run(loads.backlogged(weights, slots, releases, cost, seed), releases)
        self._note("bound_ratio", measures.bound_ratio(trace, weights) if self._name == "sfq" else 0.0)
        return trace

    def _run(self, load: Load, releases: int | None, sampled: bool = True) -> Trace:
        trace = Machine(RULES[self._name](), load, sampled=sampled).run(releases)
        self._idle += trace.idle
        return trace

    def _jain(self, trace: Trace, weights: dict[str, float]) -> None:
        for name, first in (("jain_worst", 0), ("jain_steady", SHORT)):
            jain = measures.jain(trace.dispatches[first:], weights, SHORT)
            self._worst[name] = min(jain, self._worst[name])

    def _note(self, name: str, figure: float) -> None:
        self._worst[name] = max(figure, self._worst.get(name, 0.0))


def run(scale: Scale) -> dict[str, dict[str, Any]]:
    """Figures of every rule."""
    report = {name: measure(name, scale) for name in RULES}
    report["sfq"] |= {f"decision_us_{users}": round(decision_us(users), 2) for users in (1_000, 100_000)}
    return report


def main() -> None:
    """Print the figures, or draw the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object on one line")
    parser.add_argument("--full", action="store_true", help="longer runs and more seeds")
    parser.add_argument("--draw", type=Path, metavar="FOLDER", help="draw the pictures instead of measuring")
    options = parser.parse_args()
    if options.draw:
        from benchmarks.simulation.drawing import draw

        draw(options.draw)
        return
    print(json.dumps(run(FULL if options.full else DEFAULT), indent=None if options.json else 2))


if __name__ == "__main__":
    main()
