"""What one decision of a rule costs: the only figure here that depends on the machine it runs on."""

import gc
from collections import deque
from collections.abc import Callable
from statistics import median
from time import process_time

from benchmarks.simulation.rules import Rule
from scheduler.fairqueue import Terms, Work

_SLOTS = 64
_ROUNDS = 5


def decision_us(rule: Callable[[], Rule], users: int, decisions: int = 20_000) -> float:
    """Microseconds of CPU time to take in the end of one segment and release the next, with so many users backlogged.

    `finish` with a cost that differs from the estimate, then `next`. Median of five rounds, after as many decisions
    as there are users, so that start tags have spread. CPU time, since a decision waits for nothing.
    """
    queue = _filled(rule(), users, _SLOTS + decisions)
    flights = deque(work for _ in range(_SLOTS) if (work := queue.next()) is not None)
    gc.collect()
    gc.disable()
    try:
        _round(queue, flights, users)
        rounds = [_round(queue, flights, decisions // _ROUNDS) for _ in range(_ROUNDS)]
    finally:
        gc.enable()
    return median(rounds) * 1e6


def _filled(queue: Rule, users: int, segments: int) -> Rule:
    """Weights of 1, 2 and 4 in turn; nobody runs out of segments, the heaviest being served four times as often."""
    for user in range(users):
        for n in range(6 + 4 * segments // users):
            queue.submit(Work(user, user, n, 1.0), Terms(2.0 ** (user % 3)))
    return queue


def _round(queue: Rule, flights: deque[Work], decisions: int) -> float:
    start = process_time()
    for n in range(decisions):
        queue.finish(flights.popleft().key, 0.5 + (n % 7) / 4)
        work = queue.next()
        if work is None:
            raise RuntimeError("the queue ran empty")
        flights.append(work)
    return (process_time() - start) / decisions
