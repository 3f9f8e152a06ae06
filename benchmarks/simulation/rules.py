"""The rules that are compared: the fair queue of the scheduler, and three that others use."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Protocol

from scheduler.fairqueue import FairQueue, Key, Terms, Work


class Rule(Protocol):
    """Decides which waiting segment is released next. `FairQueue` is one as it stands."""

    def submit(self, work: Work, terms: Terms) -> bool:
        """Let a segment wait."""

    def next(self) -> Work | None:
        """Release a segment, None where none waits."""

    def observe(self, key: Key, seconds: float) -> None:
        """A running segment has cost `seconds` so far."""

    def finish(self, key: Key, seconds: float) -> bool:
        """A segment ended after `seconds`."""

    def retry(self, key: Key, seconds: float) -> bool:
        """A segment was lost after `seconds` that count, and waits again."""


class Queues(ABC):
    """A rule that knows no users: queues in order of arrival, one for each weight of a tier."""

    def __init__(self) -> None:
        self._queues: dict[float, deque[Work]] = {}
        self._flights: dict[Key, tuple[Work, float]] = {}

    def submit(self, work: Work, terms: Terms) -> bool:
        """Let a segment wait at the end of its queue."""
        self._queue(terms.weight).append(work)
        return True

    def next(self) -> Work | None:
        """Release the first segment of the queue whose turn it is."""
        waiting = [weight for weight, queue in self._queues.items() if queue]
        if not waiting:
            return None
        weight = self._turn(waiting)
        work = self._queues[weight].popleft()
        self._flights[work.key] = work, weight
        return work

    def observe(self, key: Key, seconds: float) -> None:
        """Costs do not count here."""
        return

    def finish(self, key: Key, seconds: float) -> bool:
        """Forget the segment. False where it was not in flight."""
        return self._flights.pop(key, None) is not None

    def retry(self, key: Key, seconds: float) -> bool:
        """Put the segment back in front, as brokers do with what was not acknowledged."""
        work, weight = self._flights.pop(key)
        self._queues[weight].appendleft(work)
        return True

    def _queue(self, weight: float) -> deque[Work]:
        return self._queues.setdefault(weight, deque())

    @abstractmethod
    def _turn(self, waiting: list[float]) -> float:
        """The queue to serve of those where something waits."""


class Fifo(Queues):
    """One queue for all: Celery and RabbitMQ as they come."""

    def submit(self, work: Work, terms: Terms) -> bool:
        """Let a segment wait at the end of the only queue."""
        return super().submit(work, Terms())

    def _turn(self, waiting: list[float]) -> float:
        return waiting[0]


class Priority(Queues):
    """The highest tier that waits: RabbitMQ's x-max-priority."""

    def _turn(self, waiting: list[float]) -> float:
        return max(waiting)


class Tiers(Queues):
    """A queue for each tier, served by smooth weighted round robin (as nginx balances upstreams)."""

    def __init__(self) -> None:
        super().__init__()
        self._credit: dict[float, float] = {}

    def _turn(self, waiting: list[float]) -> float:
        for weight in waiting:
            self._credit[weight] = self._credit.get(weight, 0.0) + weight
        chosen = max(waiting, key=lambda weight: self._credit[weight])
        self._credit[chosen] -= sum(waiting)
        return chosen


RULES: dict[str, Callable[[], Rule]] = {
    "sfq": FairQueue,
    "fifo": Fifo,
    "priority": Priority,
    "tiers": Tiers,
}
"""Name of each rule in the report, and how to make an empty one."""
