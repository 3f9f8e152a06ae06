"""Token buckets: how often somebody may ask. Pure but for the clock that is handed in."""

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

_MOST_BUCKETS = 100_000


@dataclass(frozen=True)
class Verdict:
    """Whether a request passes.

    Attributes:
        limit: Requests a minute. `remaining`: how many would pass at once now.
        reset_seconds: Until the bucket is full again, or, if refused, until the next request passes.
    """

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: int


class Buckets:
    """One bucket a caller: full at first, `per_minute` tokens, refilled evenly. The oldest are forgotten."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._limit, self._rate, self._clock = per_minute, per_minute / 60, clock
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, caller: Hashable) -> Verdict:
        """Take one token of `caller`."""
        moment = self._clock()
        level, then = self._levels.pop(caller, (float(self._limit), moment))
        level = min(self._limit, level + (moment - then) * self._rate)
        allowed = level >= 1
        level -= allowed
        self._levels[caller] = level, moment
        if len(self._levels) > _MOST_BUCKETS:
            self._levels.popitem(last=False)
        missing = self._limit - level if allowed else 1 - level
        return Verdict(allowed, self._limit, int(level), math.ceil(missing / self._rate))
