"""One user's waiting segments: jobs in order of submission, segments in order."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import count

from scheduler.fairqueue.heaps import walk
from scheduler.fairqueue.work import Work

_serial = count()


@dataclass(slots=True)
class Run:
    """Segments of a job that wait, reckoned as equal: each is expected to cost `seconds`."""

    job: Hashable
    count: int
    seconds: float


class Backlog:
    """Waiting segments of a user. Adding and taking cost O(log n), dropping a job O(its segments)."""

    def __init__(self) -> None:
        self._jobs: dict[Hashable, list[tuple[int, Work]]] = {}
        self._seconds: dict[Hashable, float] = {}
        self._order: list[tuple[float, int, Hashable]] = []
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, work: Work) -> None:
        """Put a segment in its place."""
        segments = self._jobs.get(work.job)
        if segments is None:
            segments = self._jobs[work.job] = []
            self._seconds[work.job] = 0.0
            heappush(self._order, (work.order, next(_serial), work.job))
        heappush(segments, (work.index, work))
        self._count(work, 1)

    def peek(self) -> Work:
        """The first segment of the first job; there must be one."""
        return self._jobs[self._first_job()][0][1]

    def take(self) -> Work:
        """Remove and return the first segment of the first job."""
        segments = self._jobs[self._first_job()]
        _, work = heappop(segments)
        self._count(work, -1)
        return work

    def remove(self, work: Work) -> None:
        """Remove one waiting segment."""
        segments = self._jobs[work.job]
        segments.remove((work.index, work))
        heapify(segments)
        self._count(work, -1)

    def drop(self, job: Hashable) -> list[Work]:
        """Remove and return every waiting segment of a job."""
        works = [work for _, work in sorted(self._jobs.pop(job, []))]
        self._seconds.pop(job, None)
        self._size -= len(works)
        return works

    def runs(self, reckon: Callable[[Work], float]) -> Iterator[Run]:
        """Jobs in order, each with its number of waiting segments and what one of them costs on average.

        `reckon` gives the present estimate of a segment; what it says of a job's first holds for the others.
        The iterator stays valid, and tells how things were at the call, while the backlog goes on. Making
        it costs a copy of the jobs, not of their segments; the k-th job costs O(log k).
        """
        firsts = {
            job: (len(segments), segments[0][1], self._seconds[job]) for job, segments in self._jobs.items()
        }
        return _runs(list(self._order), firsts, reckon)

    def has(self, job: Hashable) -> bool:
        """Whether a segment of the job waits."""
        return job in self._jobs

    def jobs(self) -> list[Hashable]:
        """Jobs with a waiting segment, in no order."""
        return list(self._jobs)

    def _count(self, work: Work, change: int) -> None:
        self._size += change
        self._seconds[work.job] += change * work.estimate
        if not self._jobs[work.job]:
            del self._jobs[work.job], self._seconds[work.job]

    def _first_job(self) -> Hashable:
        while (job := self._order[0][2]) not in self._jobs:
            heappop(self._order)
        return job


def _runs(
    order: list[tuple[float, int, Hashable]],
    firsts: dict[Hashable, tuple[int, Work, float]],
    reckon: Callable[[Work], float],
) -> Iterator[Run]:
    for _, _, job in walk(order):
        if job in firsts:  # a job that ran dry and came back stands in the order twice
            count, first, seconds = firsts.pop(job)
            yield Run(job, count, seconds / count * reckon(first) / first.estimate)
