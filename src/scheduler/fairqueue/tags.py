"""A heap of flows by start tag, with lazy deletion."""

from heapq import heapify, heappop, heappush
from itertools import count

from scheduler.fairqueue.flow import Flow

_serial = count()


class TagHeap:
    """Flows by tag. A flow stands in one heap at a time; older entries of it are dropped when met."""

    def __init__(self) -> None:
        self._entries: list[tuple[float, bool, int, int, Flow]] = []
        self._standing = 0

    def __len__(self) -> int:
        return self._standing

    def push(self, flow: Flow) -> None:
        """Let the flow stand here with its tag; of equal tags the fresh come first, then the longest here."""
        leave(flow)
        flow.standing = self
        self._standing += 1
        flow.place = next(_serial)
        heappush(self._entries, (flow.tag, not flow.fresh, flow.place, flow.version, flow))
        if len(self._entries) > 64 + 4 * self._standing:
            self._compact()

    def peek(self) -> Flow | None:
        """The flow with the smallest tag, None where none stands."""
        while self._entries:
            _, _, _, version, flow = self._entries[0]
            if flow.version == version:
                return flow
            heappop(self._entries)
        return None

    def flows(self) -> list[Flow]:
        """The flows that stand here, in no order."""
        return [entry[4] for entry in self._entries if entry[4].version == entry[3]]

    def _compact(self) -> None:
        self._entries = [entry for entry in self._entries if entry[4].version == entry[3]]
        heapify(self._entries)

    def _leave(self) -> None:
        self._standing -= 1


def leave(flow: Flow) -> None:
    """Let the flow stand in no heap."""
    flow.version += 1
    if isinstance(flow.standing, TagHeap):
        flow.standing._leave()
    flow.standing = None
