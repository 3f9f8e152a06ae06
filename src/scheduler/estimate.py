"""What segments and merges will take, learned from what they have taken."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

_STEADY = 10


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
    """A moving average: of the first ten the mean, then a new one counts for a tenth."""

    value: float = 0.0
    measured: int = 0

    def learn(self, value: float) -> None:
        self.measured += 1
        self.value += (value - self.value) / min(self.measured, _STEADY)


@dataclass(frozen=True, slots=True)
class MergeTimes:
    """Seconds from a job's last segment to its result: `fixed`, and so many for a second of source."""

    fixed: float = 0.0
    factor: float = 0.0

    @classmethod
    def of(cls, measured: Sequence[tuple[float, float]]) -> "MergeTimes":
        """By least squares over (source seconds, seconds taken); neither part is negative."""
        if not measured:
            return cls()
        mean_x, mean_y = (sum(column) / len(measured) for column in zip(*measured, strict=True))
        spread = sum((x - mean_x) ** 2 for x, _ in measured)
        slope = sum((x - mean_x) * (y - mean_y) for x, y in measured) / spread if spread else 0.0
        factor = max(slope, 0.0)
        return cls(max(mean_y - factor * mean_x, 0.0), factor)

    def seconds(self, source_seconds: float) -> float:
        """Expected seconds of a merge."""
        return self.fixed + self.factor * source_seconds


class Estimates:
    """What is expected of segments and merges. Pessimistic until the first of a class was measured.

    Attributes:
        merging: What merges take.
    """

    def __init__(self, factor: float) -> None:
        """`factor` is assumed of a class of which nothing is known, in GPU seconds per source second."""
        self._assumed = factor
        self._averages: dict[CostClass, _Average] = defaultdict(_Average)
        self._overheads: dict[str, _Average] = defaultdict(_Average)
        self.merging = MergeTimes()

    def seconds(self, kind: CostClass, source_seconds: float) -> float:
        """Expected GPU seconds of a segment."""
        average = self._averages.get(kind)
        return (average.value if average else self._assumed) * source_seconds

    def measured(self, kind: CostClass) -> int:
        """How many segments of a class the estimate stands on; 0 where it is only assumed."""
        average = self._averages.get(kind)
        return average.measured if average else 0

    def learn(self, kind: CostClass, source_seconds: float, gpu_seconds: float) -> None:
        """A segment of `source_seconds` has cost `gpu_seconds`."""
        self._averages[kind].learn(gpu_seconds / source_seconds)

    def overhead(self, pool: str) -> float:
        """Seconds from a segment's release to the report of its end that are no GPU seconds."""
        average = self._overheads.get(pool)
        return average.value if average else 0.0

    def learn_overhead(self, pool: str, seconds: float) -> None:
        """A segment took so many seconds longer than the GPU time it has cost."""
        self._overheads[pool].learn(max(seconds, 0.0))
