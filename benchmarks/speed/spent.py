"""Time spent on stages: by the clock, and by all cores together."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

_END = object()


@dataclass(slots=True)
class Cost:
    """Seconds by the clock, and of all cores together: the second hardly feels what else the machine does."""

    wall: float = 0.0
    cpu: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.wall + other.wall, self.cpu + other.cpu)

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.wall - other.wall, self.cpu - other.cpu)

    def least(self, other: "Cost") -> "Cost":
        """The smaller of each."""
        return Cost(min(self.wall, other.wall), min(self.cpu, other.cpu))

    def shared(self, among: int) -> "Cost":
        """The part of one of so many."""
        return Cost(self.wall / among, self.cpu / among)


class Spent:
    """Costs by stage. Only one stage may run at a time."""

    def __init__(self, finish: Callable[[], None] = lambda: None) -> None:
        """`finish` waits for what a stage began elsewhere, as on an accelerator."""
        self.costs: defaultdict[str, Cost] = defaultdict(Cost)
        self._finish = finish

    def on(self, stage: str, work: Callable[[], T]) -> T:
        """The result of `work`, what it cost counted for `stage`."""
        cpu, wall = time.process_time(), time.perf_counter()
        result = work()
        self._finish()
        self.costs[stage] += Cost(time.perf_counter() - wall, time.process_time() - cpu)
        return result

    def each(self, stage: str, values: Iterable[T]) -> Iterator[T]:
        """The same values, what it cost to get each counted for `stage`."""
        left: Iterator[Any] = iter(values)
        while (value := self.on(stage, lambda: next(left, _END))) is not _END:
            yield value
