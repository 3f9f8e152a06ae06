"""Where users stood, told from what was released: a queue that is rebuilt goes on with it."""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Past:
    """A release of the past.

    Attributes:
        weight: The user's weight, above 0.
        seconds: GPU seconds it was charged, or is expected to be while it runs.
        moment: When it was made, in seconds; those of one moment are in no order.
    """

    user: Hashable
    weight: float
    seconds: float
    moment: float


def ahead(releases: Iterable[Past]) -> dict[Hashable, float]:
    """How far users are ahead of virtual time after `releases`, in virtual seconds; see `FairQueue.resume`.

    Start-time fair queueing run again: virtual time is the start tag of whoever was released, and who was
    behind it then had been lifted to it. Exact where charges equal the estimates and the first release began a
    busy period. Else wrong by at most what corrections moved tags while segments ran. Users who have waited
    since before the first release count as new.
    """
    virtual_time = 0.0
    tags: dict[Hashable, float] = {}
    for _, batch in groupby(releases, key=lambda past: past.moment):
        for past in _by_tag(list(batch), tags):
            virtual_time = max(virtual_time, tags.get(past.user, 0.0))
            tags[past.user] = virtual_time + past.seconds / past.weight
    return {user: max(tag - virtual_time, 0.0) for user, tag in tags.items()}


def _by_tag(batch: list[Past], tags: dict[Hashable, float]) -> Iterator[Past]:
    """The batch in the order in which a queue releases: by the tags, as they are when it is asked."""
    if len(batch) == 1:
        yield batch[0]
        return
    waiting: dict[Hashable, deque[Past]] = defaultdict(deque)
    for past in batch:
        waiting[past.user].append(past)
    heap = [(tags.get(user, 0.0), place, user) for place, user in enumerate(waiting)]
    heapify(heap)
    while heap:
        _, place, user = heappop(heap)
        yield waiting[user].popleft()
        if waiting[user]:
            heappush(heap, (tags[user], place, user))
