"""How long to wait before trying again."""

import random
from collections.abc import Iterator


def delay_after(failures: int, first: float, most: float) -> float:
    """Seconds to wait after the given number of failures (1 for the first).

    Doubles from `first` up to `most`, then takes between half of it and all of it, so that many who failed
    together do not come back together ("equal jitter", AWS Architecture Blog 2015).
    """
    ceiling = min(most, first * 2.0 ** min(failures - 1, 60))
    return ceiling * random.uniform(0.5, 1.0)


def delays(first: float, most: float) -> Iterator[float]:
    """Endless waits: `delay_after` 1, 2, 3, … failures."""
    failures = 0
    while True:
        failures += 1
        yield delay_after(failures, first, most)
