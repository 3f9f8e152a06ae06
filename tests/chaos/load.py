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
    """All errands of a run. Load and kills wait for each other, so that neither is over before the other.

    Attributes:
        errands: In the order of their submission.
        killed: Which share of the kills was made; whoever kills sets it.
    """

    def __init__(
        self, errands: Errands, customers: Sequence[Customer], jobs: int, dice: random.Random
    ) -> None:
        self._how = errands
        order = dice.sample(customers, len(customers))
        self.errands = [
            errands.make(kind, order[number % len(order)]) for number, kind in enumerate(kinds_of(jobs, dice))
        ]
        self.killed = 0.0
        self._expected = sum(_weight(errand) for errand in self.errands)
        self._under_way = 0

    async def run(self) -> None:
        """Do all of them, a few at a time."""
        room = asyncio.Semaphore(_AT_ONCE)

        async def one(number: int, errand: Errand) -> None:
            async with room:
                while number > self._allowed:
                    await asyncio.sleep(_POLL_SECONDS)
                self._under_way += 1
                await self._how.run(errand)
                self._under_way -= 1

        await asyncio.gather(*(one(number, errand) for number, errand in enumerate(self.errands)))

    @property
    def _allowed(self) -> float:
        """How many errands may be begun: as many as kills in proportion, and some ahead, fewer towards the end."""
        count = len(self.errands)
        return self.killed * count + (1 - self.killed) * min(_AT_ONCE, count / 4)

    async def reach(self, share: float) -> None:
        """Wait until that share of all segments is done, or nobody does anything before the next kill."""
        while await _done_segments() < share * self._expected and self._under_way:
            await asyncio.sleep(_POLL_SECONDS)


async def _done_segments() -> int:
    """Segments that are done; 0 while the rows cannot be read."""
    try:
        async with guard():
            return await Segment.filter(state=SegmentState.DONE).count()
    except UnavailableError:
        return 0


def _weight(errand: Errand) -> int:
    """Segments that are done for certain."""
    return errand.film.segments if errand.endings[-1] is JobState.DONE else 0
