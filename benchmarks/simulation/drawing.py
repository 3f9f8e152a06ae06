"""Two pictures for the documentation: GPU time got by each user over time, and a newcomer's wait."""

from pathlib import Path
from random import Random

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from benchmarks.simulation import loads, measures
from benchmarks.simulation.machine import Arrival, Change, Load, Machine, Trace
from benchmarks.simulation.rules import RULES

NAMES = {"sfq": "Visage: SFQ(D)", "fifo": "FIFO", "priority": "strict priority", "tiers": "a queue per tier"}
COLORS = {"sfq": "#0072b2", "fifo": "#d55e00", "priority": "#cc79a7", "tiers": "#009e73"}
WIDTHS = {"sfq": 2.0, "fifo": 6.0, "priority": 3.5, "tiers": 1.5}
"""Lines that coincide stay visible: the later is the thinner."""

USERS = {
    "free, floods": (1.0, 0.0, 500, "#999999"),
    "free": (1.0, 10.0, 300, "#d55e00"),
    "pro": (2.0, 10.0, 300, "#009e73"),
    "business": (4.0, 40.0, 150, "#0072b2"),
}
"""User to weight, time of arrival, segments and color."""
SLOTS = 4
FLOODS = (10, 30, 100, 300, 1_000, 3_000, 10_000)


def draw(folder: Path) -> list[Path]:
    """Write `fairness-service.png` and `fairness-newcomer.png`, each below 100 kB."""
    folder.mkdir(parents=True, exist_ok=True)
    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    return [_service(folder / "fairness-service.png"), _newcomer(folder / "fairness-newcomer.png")]


def _service(target: Path) -> Path:
    """Four panels, one for each rule: GPU seconds got by each user over the first 150 seconds."""
    random = Random(1)
    arrivals = [
        one
        for user, (weight, time, segments, _) in USERS.items()
        for one in loads.job(user, weight, segments, loads.uneven, random, time)
    ]
    figure, axes = plt.subplots(2, 2, figsize=(8, 5.2), sharex=True, sharey=True)
    for axis, (rule, name) in zip(axes.flat, NAMES.items(), strict=True):
        trace = Machine(RULES[rule](), Load(arrivals, [Change(0.0, SLOTS)])).run()
        samples = [sample for sample in trace.samples if sample.time <= 150]
        for user, (*_, color) in USERS.items():
            served = [sample.served.get(user, 0.0) for sample in samples]
            axis.plot([sample.time for sample in samples], served, color=color, label=user, lw=1.8)
        axis.set_title(name)
    for axis in axes[1]:
        axis.set_xlabel("time in s")
    for axis in axes[:, 0]:
        axis.set_ylabel("GPU seconds got")
    axes[0, 0].legend(frameon=False)
    return _save(figure, target)


def _newcomer(target: Path) -> Path:
    """Wait of a free newcomer's first segment against the size of a flood: of his own tier, and of another."""
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.4), sharey=True)
    for axis, flooding in zip(axes, ("free", "business"), strict=True):
        for rule, name in NAMES.items():
            found = [
                _wait(Machine(RULES[rule](), _flood(flooding, size), sampled=False).run()) for size in FLOODS
            ]
            axis.plot(FLOODS, found, marker="o", ms=3, color=COLORS[rule], label=name, lw=WIDTHS[rule])
        axis.set(xscale="log", yscale="log", xlabel=f"segments of a {flooding} user's flood")
    axes[0].set_ylabel("free newcomer's wait in s")
    axes[0].legend(frameon=False)
    return _save(figure, target)


def _flood(tier: str, size: int) -> Load:
    """A flood by a user of `tier`, and a free newcomer half a second after it."""
    random = Random(1)
    arrivals: list[Arrival] = loads.job("flood", loads.TIERS[tier], size, loads.uneven, random)
    arrivals += loads.job("newcomer", loads.TIERS["free"], 1, loads.uneven, random, 0.5)
    return Load(arrivals, [Change(0.0, SLOTS)])


def _wait(trace: Trace) -> float:
    return measures.waits(trace, {"newcomer@0.5": 0.5})["newcomer@0.5"]


def _save(figure: Figure, target: Path) -> Path:
    figure.tight_layout()
    figure.savefig(target, dpi=110, metadata={"Software": None})
    plt.close(figure)
    return target
