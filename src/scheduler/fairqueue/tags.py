"""A heap of flows by start tag, with lazy deletion."""

from heapq import heapify, heappop, heappush
from itertools import islice

from scheduler.fairqueue.flow import Flow, Rank
from scheduler.fairqueue.heaps import walk


class TagHeap:
    """Flows by rank. A flow stands in one heap at a time; older entries of it are dropped when met."""

    def __init__(self) -> None:
        self._entries: list[tuple[Rank, int, Flow]] = []
        self._standing = 0

    def __len__(self) -> int:
        return self._standing

    def push(self, flow: Flow) -> None:
        """Let the flow stand here by its rank."""
        leave(flow)
        flow.standing = self
        self._standing += 1
        heappush(self._entries, (flow.rank(), flow.version, flow))
        if len(self._entries) > 64 + 4 * self._standing:
            self._compact()

    def peek(self) -> Flow | None:
        """The flow with the smallest rank, None where none stands."""
        while self._entries:
            _, version, flow = self._entries[0]
            if flow.version == version:
                return flow
            heappop(self._entries)
        return None

    def first(self, most: int) -> list[tuple[Rank, Flow]]:
        """Up to `most` flows, smallest rank first, in O(most log most) however many stand here."""
        standing = ((rank, flow) for rank, version, flow in walk(self._entries) if flow.version == version)
        return list(islice(standing, most))

    def _compact(self) -> None:
        self._entries = [entry for entry in self._entries if entry[2].version == entry[1]]
        heapify(self._entries)

    def _leave(self) -> None:
        self._standing -= 1


def leave(flow: Flow) -> None:
    """Let the flow stand in no heap."""
    flow.version += 1
    if isinstance(flow.standing, TagHeap):
        flow.standing._leave()
    flow.standing = None
