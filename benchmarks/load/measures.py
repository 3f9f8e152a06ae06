"""Figures of a story. Those of shares are `benchmarks.simulation.measures`, on real releases."""

from itertools import accumulate
from statistics import median

from benchmarks.load.story import Held, Story
from benchmarks.simulation import measures
from benchmarks.simulation.machine import Dispatch, Trace

WINDOW = 28


def backlogged(story: Story, users: list[str]) -> list[Held]:
    """The segments that started while every one of the users had segments waiting.

    That is from the moment the last of them had all his segments in the queue to the start of the last segment of
    the first who runs out. A user has one job here.
    """
    begin = max(job.queued for job in story.jobs if job.user in users)
    end = min(story.of(user)[-1].start for user in users)
    return [one for one in story.held if begin <= one.start <= end and one.user in users]


def shares(held: list[Held], weights: dict[str, float], cost: float | None) -> dict[str, float]:
    """How far what users got is from what is due to them by weight, all of them backlogged.

    `cost` is the seconds of each segment where they are declared equal; None takes what was measured. Figures:
    share_error (worst window of 28 starts), share_error_run, jain (worst window after the first 28), jain_run,
    gap_<user> (most starts from one of his to his next), starts.
    """
    trace = Trace(slots=1)
    trace.dispatches = [
        Dispatch(one.start, one.user, (one.job, one.index), cost or one.seconds) for one in held
    ]
    count = len(trace.dispatches)
    figures = {
        "share_error": measures.share_error(trace, weights, min(WINDOW, count)),
        "share_error_run": measures.share_error(trace, weights, count),
        "jain": measures.jain(trace.dispatches[_steady(count) :], weights, min(WINDOW, count)),
        "jain_run": measures.jain(trace.dispatches, weights, count),
    }
    gaps = {f"gap_{user}": float(measures.longest_gap(trace, user)) for user in weights}
    return {name: round(value, 4) for name, value in (figures | gaps).items()} | {"starts": count}


def _steady(count: int) -> int:
    return WINDOW if count >= 2 * WINDOW else 0


def handovers(story: Story, begin: float, slots: int) -> list[float]:
    """Seconds from a slot's end to the start of the next segment on it, in the time from `begin` on.

    Slots are alike: with all of them busy, start number D + k follows end number k. Only ends before the last start
    count, while work waits.
    """
    starts = sorted(one.start for one in story.held)
    ends = sorted(one.end for one in story.held)
    return [after - end for end, after in zip(ends, starts[slots:], strict=False) if end >= begin]


def waits(story: Story, user: str, flood: str) -> list[float]:
    """Seconds from queue to first start of each job of a user that came while the flood had segments waiting.

    A job whose first segment started before its last was in the queue did not wait.
    """
    last = story.of(flood)[-1].start
    return [
        max(0.0, story.first_start(job.job) - job.queued)
        for job in story.jobs
        if job.user == user and job.queued < last
    ]


def spread(values: list[float], factor: float = 1.0) -> dict[str, float]:
    """p50, p99 and the number of values, times `factor`. An empty list has none."""
    if not values:
        return {"count": 0}
    return {
        "p50": round(median(values) * factor, 2),
        "p99": round(measures.percentile(values, 99) * factor, 2),
        "count": len(values),
    }


def rate(held: list[Held]) -> float:
    """Segments a second, of the middle nine tenths by their ends."""
    ends = sorted(one.end for one in held)
    few = len(ends) // 20
    return (len(ends) - 2 * few - 1) / (ends[-1 - few] - ends[few])


def most_at_once(held: list[Held]) -> int:
    """Most segments that held a slot at the same time."""
    changes = sorted([(one.start, 1) for one in held] + [(one.end, -1) for one in held])
    return max(accumulate(change for _, change in changes), default=0)
