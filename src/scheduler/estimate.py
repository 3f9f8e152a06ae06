"""What a segment will cost, learned from what segments have cost."""

from dataclasses import dataclass
from typing import NamedTuple

_STEADY = 10  # measurements after which a new one counts for a tenth


class CostClass(NamedTuple):
    """Work of the same kind: where, with which engine, how many lines the picture has, encoded how."""

    pool: str
    engine: str
    lines: int
    preset: str


def lines_class(width: int, height: int) -> int:
    """The resolution class of a picture size in pixels: the next of the usual numbers of lines."""
    shorter = min(width, height)
    return next((lines for lines in (360, 540, 720, 1080, 1440, 2160, 4320) if shorter <= lines), 8640)


@dataclass(slots=True)
class _Average:
    factor: float
    measured: int = 0


class Estimates:
    """GPU seconds per source second, a moving average by class. Pessimistic until the first was measured."""

    def __init__(self, factor: float) -> None:
        """`factor` is assumed of a class of which nothing is known, in GPU seconds per source second."""
        self._assumed = factor
        self._averages: dict[CostClass, _Average] = {}

    def seconds(self, kind: CostClass, source_seconds: float) -> float:
        """Expected GPU seconds of a segment."""
        average = self._averages.get(kind)
        return (average.factor if average else self._assumed) * source_seconds

    def measured(self, kind: CostClass) -> int:
        """How many segments of a class the estimate stands on; 0 where it is only assumed."""
        average = self._averages.get(kind)
        return average.measured if average else 0

    def learn(self, kind: CostClass, source_seconds: float, gpu_seconds: float) -> None:
        """A segment of `source_seconds` has cost `gpu_seconds`."""
        average = self._averages.setdefault(kind, _Average(self._assumed))
        average.measured += 1
        weight = min(average.measured + 1, _STEADY)  # the assumption counts as one measurement
        average.factor += (gpu_seconds / source_seconds - average.factor) / weight
