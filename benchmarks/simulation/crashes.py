"""A fair queue whose scheduler dies again and again, rebuilt of rows as `scheduler.admission` does it."""

from collections.abc import Sequence

from benchmarks.simulation.machine import Arrival
from benchmarks.simulation.rules import Rule
from scheduler.fairqueue import FairQueue, Past, ahead


def rebuilt(past: Sequence[Past], running: Sequence[Arrival], waiting: Sequence[Arrival]) -> Rule:
    """A queue that goes on where users stood, by the charges of recent attempts."""
    queue = FairQueue()
    queue.resume(ahead(past))
    return _filled(queue, running, waiting)


def forgetful(past: Sequence[Past], running: Sequence[Arrival], waiting: Sequence[Arrival]) -> Rule:
    """A queue that begins anew: all that counts is what is in flight. For comparison."""
    return _filled(FairQueue(), running, waiting)


def _filled(queue: FairQueue, running: Sequence[Arrival], waiting: Sequence[Arrival]) -> Rule:
    for one in running:
        queue.restore(one.work, one.terms)
    for one in waiting:
        queue.submit(one.work, one.terms)
    return queue
