"""The accounts add up to the work that was done, and nobody pays for what died."""

import math
from collections.abc import Iterator

from contracts.engines import timed_span
from contracts.states import AttemptState, SegmentState
from storage.models import Attempt, Job, Segment
from tests.chaos.books import Books

_CLOCKS = 0.25  # seconds: rows are stamped when a transaction begins, work is measured in the agent


def check(books: Books) -> Iterator[str]:
    """Compare jobs with segments, segments with attempts, attempts with their ends."""
    for job in books.jobs:
        segments = {segment.id: segment for segment in books.segments_of(job.id)}
        done = [segment for segment in segments.values() if segment.state is SegmentState.DONE]
        if not _same(job.gpu_seconds, sum(segment.gpu_seconds or 0.0 for segment in done)):
            yield f"job {job.id} has {job.gpu_seconds} GPU seconds; its segments have others"
        for attempt in books.attempts_of(job.id):
            segment = segments[attempt.segment_id]
            yield from _check_charge(attempt, segment)
            yield from _check_time(attempt)
            if attempt.state is AttemptState.DONE:
                yield from _check_winner(job, segment, attempt)


def _check_charge(attempt: Attempt, segment: Segment) -> Iterator[str]:
    allowed = {
        AttemptState.DONE: [attempt.gpu_seconds],
        AttemptState.LOST: [0.0],
        AttemptState.LATE: [attempt.gpu_seconds if segment.state is SegmentState.CANCELLED else 0.0],
        AttemptState.FAILED: [attempt.gpu_seconds, 0.0],  # 0 where its worker process died
        AttemptState.CANCELLED: [attempt.gpu_seconds],
    }.get(attempt.state, [0.0])
    if not any(_same(attempt.charged_seconds, seconds) for seconds in allowed):
        yield (
            f"attempt {attempt.id}, {attempt.state} after {attempt.gpu_seconds} GPU seconds, "
            f"is charged {attempt.charged_seconds}"
        )


def _check_time(attempt: Attempt) -> Iterator[str]:
    if attempt.ended_at is None:
        return
    lived = (attempt.ended_at - attempt.released_at).total_seconds()
    if attempt.charged_seconds > lived + _CLOCKS:
        yield f"attempt {attempt.id} lived {lived} s and is charged {attempt.charged_seconds}"


def _check_winner(job: Job, segment: Segment, attempt: Attempt) -> Iterator[str]:
    name = f"segment {segment.index} of job {job.id}"
    if not _same(segment.gpu_seconds or 0.0, attempt.gpu_seconds):
        yield f"{name} cost {segment.gpu_seconds} GPU seconds; its winner says {attempt.gpu_seconds}"
    span = timed_span(job.engine)
    if span is not None and attempt.gpu_seconds < span.seconds(job.id, segment.index) - 1e-3:
        yield f"{name} took {attempt.gpu_seconds} s, less than it declares"


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)
