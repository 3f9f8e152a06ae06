"""Looking into a binary heap without changing it."""

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Any, TypeVar

T = TypeVar("T", bound=tuple[Any, ...])


def walk(heap: list[T]) -> Iterator[T]:
    """Entries of a `heapq` in order; the k-th costs O(log k). The heap may not change meanwhile."""
    frontier = [(heap[0], 0)] if heap else []
    while frontier:
        entry, place = heappop(frontier)
        yield entry
        for child in (2 * place + 1, 2 * place + 2):
            if child < len(heap):
                heappush(frontier, (heap[child], child))
