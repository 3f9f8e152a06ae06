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
- jain_worst: smallest Jain index of W_i / w_i in any window of 28 releases, equal costs.
- newcomer_p99_segments: a user floods; others, new or back from idle, come for one segment. Time until it is released,
  in segments of the largest cost, 99th percentile, worst pair of flooding tier and visitor's tier.
- longest_gap: most releases from one of a backlogged free user's to his next; equal costs.
- bound_ratio: worst |W_i/w_i - W_j/w_j| over (D+1)(c_i/w_i + c_j/w_j) of any pair over any interval in which both are
  backlogged, in all backlogged runs and in a mixed load of returning users and dying agents.
- decision_us_1000, decision_us_100000: CPU microseconds for the end of a segment and the next release together, with so
  many users backlogged.

With --more also:

- share_error_several, lag_several_segments: equal costs, but four free users, two pro and one business user.
- crowd_segments: time that one free newcomer waits while business newcomers come at twice the speed at which they can
  be served, in segments; the worst.
- idle_seconds: slot seconds idled while a segment waited, in all runs.
- crash_*, of `sfq` only: the scheduler dies after every tenth release, and another rebuilds the queue of rows.
  crash_share_error_unknown, crash_lag_unknown_segments and crash_bound_ratio are as above; forgetful_* are those of a
  successor who knows nothing but what waits and what is in flight.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks.simulation import loads, measures
from benchmarks.simulation.crashes import forgetful, rebuilt
from benchmarks.simulation.decisions import decision_us
from benchmarks.simulation.machine import Crash, Load, Machine, Rebuild, Trace
from benchmarks.simulation.rules import RULES

EACH = {"free": 1, "pro": 1, "business": 1}
SEVERAL = {"free": 4, "pro": 2, "business": 1}
SLOTS = (1, 2, 4, 8)
SHORT, LONG = 28, 700
CRASH_EVERY = 10
NAMES = (
    "share_error_equal", "share_error_unknown", "lag_equal_segments", "lag_unknown_segments", "jain_worst",
    "newcomer_p99_segments", "longest_gap", "bound_ratio", "decision_us_1000", "decision_us_100000",
)  # fmt: skip
"""What is printed without --more."""


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


def measure(name: str, scale: Scale, *, more: bool = False) -> dict[str, float]:
    """Every figure of a rule, by name, but those of time."""
    report = _Report(name, scale)
    report.equal()
    report.unknown()
    report.newcomers()
    report.mixed()
    if more:
        report.several()
        report.crowd()
    if more and name == "sfq":
        report.crashes("crash", rebuilt)
        report.crashes("forgetful", forgetful)
    return report.figures()


class _Report:
    """Runs the scenarios under one rule and keeps the worst of each figure."""

    def __init__(self, name: str, scale: Scale) -> None:
        self._name, self._scale = name, scale
        self._worst: dict[str, float] = {"jain_worst": 1.0}
        self._idle = 0.0

    def figures(self) -> dict[str, float]:
        """The worst of each, rounded."""
        worst = self._worst | {"idle_seconds": self._idle}
        return {name: round(figure, 4) for name, figure in worst.items()}

    def equal(self) -> None:
        """All backlogged, equal costs: one user a tier, submitting in either order."""
        each = loads.weights_of(EACH)
        for slots in SLOTS:
            for weights in (each, dict(reversed(each.items()))):
                trace = self._backlogged(weights, slots, loads.equal, 0)
                self._note("share_error_equal", measures.share_error(trace, weights, SHORT))
                self._note("lag_equal_segments", measures.lag(trace, weights))
                self._note("longest_gap", measures.longest_gap(trace, "free-0"))
                jain = measures.jain(trace.dispatches, weights, SHORT)
                self._worst["jain_worst"] = min(jain, self._worst["jain_worst"])

    def several(self) -> None:
        """All backlogged, equal costs, several users in a tier, submitting in either order."""
        users = loads.weights_of(SEVERAL)
        for slots in SLOTS:
            for weights in (users, dict(reversed(users.items()))):
                trace = self._backlogged(weights, slots, loads.equal, 0)
                self._note("share_error_several", measures.share_error(trace, weights, SHORT))
                self._note("lag_several_segments", measures.lag(trace, weights))

    def crowd(self) -> None:
        """A free newcomer among more business newcomers than can be served."""
        for slots in SLOTS:
            for seed in range(self._scale.seeds):
                load, newcomer, since = loads.crowd(slots, self._scale.visits, seed)
                trace = self._run(load, None, sampled=False)
                self._note("crowd_segments", measures.waits(trace, {newcomer: since})[newcomer])

    def crashes(self, name: str, rebuild: Rebuild) -> None:
        """All backlogged, unknown costs, and schedulers that die."""
        weights, releases = loads.weights_of(EACH), self._scale.releases // 2
        for slots in SLOTS:
            load = loads.backlogged(weights, slots, releases, loads.unknown, 0)
            machine = Machine(RULES[self._name](), load, crash=Crash(CRASH_EVERY, rebuild))
            trace = machine.run(releases)
            self._note(f"{name}_share_error_unknown", measures.share_error(trace, weights, LONG // 2))
            self._note(f"{name}_lag_unknown_segments", measures.lag(trace, weights))
            self._note(f"{name}_bound_ratio", measures.bound_ratio(trace, weights))

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
        self._note("bound_ratio", measures.bound_ratio(trace, weights))
        return trace

    def _run(self, load: Load, releases: int | None, sampled: bool = True) -> Trace:
        trace = Machine(RULES[self._name](), load, sampled=sampled).run(releases)
        self._idle += trace.idle
        return trace

    def _note(self, name: str, figure: float) -> None:
        self._worst[name] = max(figure, self._worst.get(name, 0.0))


def run(scale: Scale, *, more: bool = False) -> dict[str, dict[str, float]]:
    """Figures of every rule."""
    report = {}
    for name, rule in RULES.items():
        figures = measure(name, scale, more=more)
        figures |= {f"decision_us_{users}": round(decision_us(rule, users), 2) for users in (1_000, 100_000)}
        report[name] = {key: figures[key] for key in (figures if more else NAMES)}
    return report


def main() -> None:
    """Print the figures, or draw the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object on one line")
    parser.add_argument("--full", action="store_true", help="longer runs and more seeds")
    parser.add_argument("--more", action="store_true", help="further figures too")
    parser.add_argument("--draw", type=Path, metavar="FOLDER", help="draw the pictures instead of measuring")
    options = parser.parse_args()
    if options.draw:
        from benchmarks.simulation.drawing import draw

        draw(options.draw)
        return
    report = run(FULL if options.full else DEFAULT, more=options.more)
    print(json.dumps(report, indent=None if options.json else 2))


if __name__ == "__main__":
    main()
