"""One user's waiting segments: jobs in order of submission, segments in order."""

from collections.abc import Hashable, Iterator
from heapq import heapify, heappop, heappush
from itertools import count

from scheduler.fairqueue.work import Work

_serial = count()


class Backlog:
    """Waiting segments of a user. Adding and taking cost O(log n), dropping a job O(its segments)."""

    def __init__(self) -> None:
        self._jobs: dict[Hashable, list[tuple[int, Work]]] = {}
        self._order: list[tuple[float, int, Hashable]] = []
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, work: Work) -> None:
        """Put a segment in its place."""
        segments = self._jobs.get(work.job)
        if segments is None:
            segments = self._jobs[work.job] = []
            heappush(self._order, (work.order, next(_serial), work.job))
        heappush(segments, (work.index, work))
        self._size += 1

    def take(self) -> Work:
        """Remove and return the first segment of the first job."""
        job = self._first_job()
        segments = self._jobs[job]
        _, work = heappop(segments)
        self._size -= 1
        if not segments:
            del self._jobs[job]
        return work

    def remove(self, work: Work) -> None:
        """Remove one waiting segment."""
        segments = self._jobs[work.job]
        segments.remove((work.index, work))
        heapify(segments)
        self._size -= 1
        if not segments:
            del self._jobs[work.job]

    def drop(self, job: Hashable) -> list[Work]:
        """Remove and return every waiting segment of a job."""
        works = [work for _, work in sorted(self._jobs.pop(job, []))]
        self._size -= len(works)
        return works

    def runs(self) -> Iterator[tuple[Hashable, int, float]]:
        """Jobs in order, each with its number of waiting segments and their mean estimate in seconds."""
        seen = set()
        for _, _, job in sorted(self._order):
            segments = self._jobs.get(job)
            if segments and job not in seen:
                seen.add(job)
                yield job, len(segments), sum(work.estimate for _, work in segments) / len(segments)

    def jobs(self) -> list[Hashable]:
        """Jobs with a waiting segment, in no order."""
        return list(self._jobs)

    def _first_job(self) -> Hashable:
        while (job := self._order[0][2]) not in self._jobs:
            heappop(self._order)
        return job
