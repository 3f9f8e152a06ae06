"""Two pictures for the documentation: GPU time got by each user over time, and a newcomer's wait."""

from pathlib import Path
from random import Random

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt

from benchmarks.simulation import loads, measures
from benchmarks.simulation.machine import Arrival, Change, Load, Machine, Trace
from benchmarks.simulation.rules import RULES

NAMES = {"sfq": "Visage: SFQ(D)", "fifo": "FIFO", "priority": "strict priority", "tiers": "a queue per tier"}
COLORS = {"sfq": "#0072b2", "fifo": "#d55e00", "priority": "#cc79a7", "tiers": "#009e73"}
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
    """Wait of a newcomer's first segment against the size of a flood by a user of the same tier."""
    figure, axis = plt.subplots(figsize=(8, 3.6))
    for rule, name in NAMES.items():
        found = [_wait(Machine(RULES[rule](), _flood(size), sampled=False).run()) for size in FLOODS]
        style = ":" if rule == "priority" else "--" if rule == "tiers" else "-"
        axis.plot(FLOODS, found, style, marker="o", ms=4, color=COLORS[rule], label=name, lw=1.8)
    axis.set(xscale="log", yscale="log", xlabel="segments of the flood", ylabel="newcomer's wait in s")
    axis.legend(frameon=False)
    return _save(figure, target)


def _flood(size: int) -> Load:
    """A free user's flood, and a free newcomer half a second after it."""
    random = Random(1)
    arrivals: list[Arrival] = loads.job("flood", 1.0, size, loads.uneven, random)
    arrivals += loads.job("newcomer", 1.0, 1, loads.uneven, random, 0.5)
    return Load(arrivals, [Change(0.0, SLOTS)])


def _wait(trace: Trace) -> float:
    return measures.waits(trace, {"newcomer@0.5": 0.5})["newcomer@0.5"]


def _save(figure: plt.Figure, target: Path) -> Path:
    figure.tight_layout()
    figure.savefig(target, dpi=110, metadata={"Software": None})
    plt.close(figure)
    return target
