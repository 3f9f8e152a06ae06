"""The mixed load: which errands, whose, and how many of them at a time."""

import asyncio
import random
from collections.abc import Sequence

from contracts.errors import UnavailableError
from contracts.states import JobState, SegmentState
from storage.faults import guard
from storage.models import Segment
from tests.chaos.customers import Customer
from tests.chaos.errands import Errand, Errands

# Of eighteen jobs.
MIX = {"timed": 7, "swap": 4, "doubled": 2, "cancelled": 2, "picture": 1, "poisoned": 1, "mended": 1}
_AT_ONCE = 10
_POLL_SECONDS = 0.1


def kinds_of(jobs: int, dice: random.Random) -> list[str]:
    """The kinds of so many jobs in random order: every kind of `MIX` in its share, and at least once."""
    deck = [kind for kind, count in MIX.items() for _ in range(count)]
    rounds = [deck[:] for _ in range(jobs // len(deck))]
    rest = list(MIX) + dice.sample(deck, len(deck))
    kinds = [kind for cards in rounds for kind in cards] + rest[: jobs % len(deck)]
    dice.shuffle(kinds)
    return kinds


class Load:
    """All errands of a run.

    Attributes:
        errands: In the order of their submission.
    """

    def __init__(
        self, errands: Errands, customers: Sequence[Customer], jobs: int, dice: random.Random
    ) -> None:
        self._how = errands
        order = dice.sample(customers, len(customers))
        self.errands = [
            errands.make(kind, order[number % len(order)]) for number, kind in enumerate(kinds_of(jobs, dice))
        ]
        self._expected = sum(_weight(errand) for errand in self.errands)
        self._done = 0

    async def run(self) -> None:
        """Do all of them, a few at a time."""
        room = asyncio.Semaphore(_AT_ONCE)

        async def one(errand: Errand) -> None:
            async with room:
                await self._how.run(errand)

        await asyncio.gather(*map(one, self.errands))

    async def reach(self, share: float) -> None:
        """Wait until that share of all segments is done."""
        while self._done < share * self._expected:
            await asyncio.sleep(_POLL_SECONDS)
            try:
                async with guard():
                    self._done = await Segment.filter(state=SegmentState.DONE).count()
            except UnavailableError:
                continue


def _weight(errand: Errand) -> int:
    """Segments that are done for certain."""
    return errand.film.segments if errand.endings[-1] is JobState.DONE else 0
