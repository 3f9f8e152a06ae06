"""How many segments each user has in flight, over all queues that share a census."""

from collections import Counter
from collections.abc import Hashable
from typing import Protocol


class Heeding(Protocol):
    """A queue that looks at a user's cap again."""

    def heed(self, user: Hashable) -> None:
        """The user's count has changed elsewhere."""


class Census:
    """Counts by user. A cap is a cap on this count, so it holds over all pools together."""

    def __init__(self) -> None:
        self._counts: Counter[Hashable] = Counter()
        self._queues: list[Heeding] = []

    def join(self, queue: Heeding) -> None:
        """Tell `queue` from now on of what changes elsewhere."""
        self._queues.append(queue)

    def of(self, user: Hashable) -> int:
        """Segments of the user in flight."""
        return self._counts[user]

    def change(self, user: Hashable, by: int, queue: Heeding) -> None:
        """So many more are in flight, released by or back at `queue`, which looks after itself."""
        self._counts[user] += by
        if not self._counts[user]:
            del self._counts[user]
        for other in self._queues:
            if other is not queue:
                other.heed(user)
