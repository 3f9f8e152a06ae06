"""Figures of a trace. Service is counted in GPU seconds; shares are due by weight."""

from collections import defaultdict, deque
from collections.abc import Iterator
from itertools import combinations, pairwise
from math import ceil

from benchmarks.simulation.machine import Dispatch, Trace


def windows(dispatches: list[Dispatch], length: int) -> Iterator[dict[str, float]]:
    """GPU seconds by user of the segments released in every window of `length` consecutive releases."""
    window: deque[Dispatch] = deque()
    got: dict[str, float] = defaultdict(float)
    for dispatch in dispatches:
        window.append(dispatch)
        got[dispatch.user] += dispatch.cost
        if len(window) > length:
            first = window.popleft()
            got[first.user] -= first.cost
        if len(window) == length:
            yield got


def share_error(trace: Trace, weights: dict[str, float], length: int) -> float:
    """Largest |W_i / W - w_i / sum of w| of any user in any window of `length` releases, all backlogged."""
    total = sum(weights.values())
    return max(
        abs(got[user] / sum(got.values()) - weight / total)
        for got in windows(trace.dispatches, length)
        for user, weight in weights.items()
    )


def jain(dispatches: list[Dispatch], weights: dict[str, float], length: int) -> float:
    """Smallest Jain index of W_i / w_i over n users, (sum x)^2 / (n sum x^2), in any window of releases."""
    worst = 1.0
    for got in windows(dispatches, length):
        rates = [got[user] / weight for user, weight in weights.items()]
        worst = min(worst, sum(rates) ** 2 / (len(rates) * sum(rate**2 for rate in rates)))
    return worst


def lag(trace: Trace, weights: dict[str, float]) -> float:
    """Largest |W_i(0, t) - w_i / (sum of w) W(0, t)| of any user at any time, in mean segments.

    All are backlogged from 0 on. What runs counts as far as it has run.
    """
    total = sum(weights.values())
    mean = sum(one.cost for one in trace.dispatches) / len(trace.dispatches)
    return max(
        abs(sample.served.get(user, 0.0) - weight / total * sum(sample.served.values())) / mean
        for sample in trace.samples
        for user, weight in weights.items()
    )


def longest_gap(trace: Trace, user: str) -> int:
    """Most releases from one of a backlogged user's to his next; start and end of the trace count as his."""
    places = [n for n, dispatch in enumerate(trace.dispatches) if dispatch.user == user]
    edges = [-1, *places, len(trace.dispatches)]
    return max(after - before for before, after in pairwise(edges))


def bound_ratio(trace: Trace, weights: dict[str, float], estimate: float = 1.0) -> float:
    """Worst |W_i/w_i - W_j/w_j| over (D+1)(c_i/w_i + c_j/w_j), of any pair over any interval.

    Both have segments waiting all the interval. D is the most slots there were, c_i the largest cost or
    estimate of a segment of i. At most 1 where the bound holds.
    """
    largest = dict.fromkeys(weights, estimate)
    for one in trace.dispatches:
        largest[one.user] = max(largest[one.user], one.cost)
    return max(
        _spread(trace, first, second, weights)
        / ((trace.slots + 1) * (largest[first] / weights[first] + largest[second] / weights[second]))
        for first, second in combinations(largest, 2)
    )


def _spread(trace: Trace, first: str, second: str, weights: dict[str, float]) -> float:
    """Largest change of how far `first` is ahead of `second` while both are backlogged, in virtual seconds."""
    worst = low = high = 0.0
    together = False
    for sample in trace.samples:
        both = first in sample.backlogged and second in sample.backlogged
        # The sample that ends an interval belongs to it: both were backlogged until then.
        if both or together:
            ahead = (
                sample.served.get(first, 0.0) / weights[first]
                - sample.served.get(second, 0.0) / weights[second]
            )
            low, high = (min(low, ahead), max(high, ahead)) if together else (ahead, ahead)
            worst = max(worst, high - low)
        together = both
    return worst


def waits(trace: Trace, arrivals: dict[str, float]) -> dict[str, float]:
    """Seconds from each job's arrival to the first release of a segment of it."""
    found: dict[str, float] = {}
    for dispatch in trace.dispatches:
        job = str(dispatch.key[0])
        if job in arrivals:
            found.setdefault(job, dispatch.time - arrivals[job])
    return found


def percentile(values: list[float], percent: float) -> float:
    """The smallest value that `percent` of the values do not exceed (nearest rank)."""
    return sorted(values)[max(0, ceil(len(values) * percent / 100) - 1)]
