"""Costs as figures of a report."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from benchmarks.speed.layers import Layer, convolutions, least_of, table
from benchmarks.speed.machine import Roof
from benchmarks.speed.spent import Cost

_NETWORK = "network"


def generator_rows(
    numbers: torch.dtype, roof: Roof, found: Sequence[Layer], count: int, batches: Mapping[int, float]
) -> dict[str, Any]:
    """The generator's report: `found` are its layers on `count` faces, `batches` the seconds of each size.

    The least time is that of its convolutions alone: everything else could be done on the way.
    """
    computing = convolutions(found)
    least = least_of(computing, roof) / count
    return {
        "numbers": str(numbers).removeprefix("torch."),
        "roof": {"gflops": round(roof.flops / 1e9, 1), "gb_a_second": round(roof.moved / 1e9, 1)},
        "gflop_a_face": round(sum(one.flops for one in computing) / count / 1e9, 2),
        "least_ms_a_face": round(least * 1e3, 3),
        "batches": [_batch(size, seconds / size, least) for size, seconds in batches.items()],
        "layers_of_batch": count,
        "layers": table(found, count, roof),
    }


def batch_rows(batches: Mapping[int, float]) -> list[dict[str, float]]:
    """A network's report from bytes to bytes: `batches` are the seconds of each size."""
    return [
        {"faces": size, "ms_a_face": round(seconds / size * 1e3, 3), "a_second": rate(seconds / size)}
        for size, seconds in batches.items()
    ]


def _batch(size: int, seconds: float, least: float) -> dict[str, float]:
    return {
        "faces": size,
        "ms_a_face": round(seconds * 1e3, 3),
        "a_second": rate(seconds),
        "share_of_roofline": round(least / seconds, 3),
    }


def film_rows(
    stages: Mapping[str, Cost], without: Cost, whole: Cost | None, official: Mapping[str, Cost]
) -> dict[str, Any]:
    """A film's report, all figures a frame: ours, theirs, and how many times as fast ours is.

    Theirs runs one thing after another, so that its stages add up. `whole` is missing where it was not measured.
    """
    stages = {stage: cost for stage, cost in stages.items() if stage != _NETWORK}
    theirs = sum(official.values(), Cost())
    theirs_without = theirs - official[_NETWORK]
    report: dict[str, Any] = {
        "stages": {stage: figures(cost) for stage, cost in stages.items()},
        "agent_without_network": figures(without),
        "official_stages": {stage: figures(cost) for stage, cost in official.items()},
        "official_without_network": figures(theirs_without),
        "official": figures(theirs),
        "times_faster_without_network": times(theirs_without, without),
    }
    if whole is not None:
        report |= {"agent": figures(whole), "times_faster": times(theirs, whole)}
    return report


def figures(cost: Cost) -> dict[str, float]:
    """Milliseconds by the clock and of all cores together, and how many go through a second."""
    return {"ms": round(cost.wall * 1e3, 2), "cpu_ms": round(cost.cpu * 1e3, 2), "a_second": rate(cost.wall)}


def times(theirs: Cost, ours: Cost) -> dict[str, float]:
    """Ratios by the clock and in processor time."""
    return {"clock": round(theirs.wall / ours.wall, 2), "cpu": round(theirs.cpu / ours.cpu, 2)}


def rate(seconds: float) -> float:
    """How many a second."""
    return round(1 / seconds, 2) if seconds > 0 else 0.0
