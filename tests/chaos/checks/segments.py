"""Every segment was done exactly once: one attempt won it, and the job's sums are those of its segments."""

from collections import Counter
from collections.abc import Iterator

from contracts.states import AttemptState, JobState, SegmentState
from storage.models import Attempt, Job, Segment
from tests.chaos.books import Books

_OPEN = (AttemptState.RELEASED, AttemptState.RUNNING)
_UNSETTLED = (SegmentState.WAITING, SegmentState.RELEASED)


def check(books: Books) -> Iterator[str]:
    """Look at each job's segments and attempts."""
    for job in books.jobs:
        segments, attempts = books.segments_of(job.id), books.attempts_of(job.id)
        yield from _check_winners(segments, attempts)
        yield from _check_rest(job, segments)
        if job.state is JobState.DONE:
            yield from _check_done(job, segments)
    for attempt in books.attempts:
        if attempt.state in _OPEN:
            yield f"attempt {attempt.id} of job {attempt.job_id} is {attempt.state} for ever"


def _check_winners(segments: list[Segment], attempts: list[Attempt]) -> Iterator[str]:
    won = Counter(attempt.segment_id for attempt in attempts if attempt.state is AttemptState.DONE)
    for segment in segments:
        wanted = 1 if segment.state is SegmentState.DONE else 0
        if won[segment.id] != wanted:
            yield f"segment {segment.index} of job {segment.job_id}, {segment.state}, was won {won[segment.id]} times"


def _check_rest(job: Job, segments: list[Segment]) -> Iterator[str]:
    waiting = [segment.index for segment in segments if segment.state in _UNSETTLED]
    if waiting:
        yield f"segments {waiting} of job {job.id}, which is {job.state}, still wait or run"
    done = [segment for segment in segments if segment.state is SegmentState.DONE]
    if (len(done), sum(segment.frames or 0 for segment in done)) != (job.segments_done, job.frames):
        yield f"job {job.id} counts {job.segments_done} segments and {job.frames} frames; its rows say otherwise"


def _check_done(job: Job, segments: list[Segment]) -> Iterator[str]:
    if sorted(segment.index for segment in segments) != list(range(job.segments_total)):
        yield f"job {job.id} is done, and its segments are not 0 to {job.segments_total - 1}"
    if any(segment.state is not SegmentState.DONE for segment in segments):
        yield f"job {job.id} is done, and not all its segments are"
    if job.frames_total is not None and job.frames != job.frames_total:
        yield f"job {job.id} has {job.frames} of {job.frames_total} frames"
