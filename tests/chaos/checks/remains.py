"""Nothing is left lying about: no messages, no dead letters, no objects that no row knows."""

from collections.abc import Iterator
from uuid import UUID

from contracts.states import JobState, SegmentState, UploadState
from storage import keys
from storage.models import Job
from tests.chaos.books import Books

_GONE = (UploadState.REFUSED, UploadState.EXPIRED)


def check(books: Books) -> Iterator[str]:
    """Look into streams, dead letters and the store."""
    for name, count in books.streams.items():
        if count:
            yield f"{count} messages are left in {name}"
    for letter in books.letters:
        yield f"a dead letter of {letter.actor} about {letter.subject}: {letter.reason}"
    yield from _check_jobs(books)
    yield from _check_orphans(books)


def _check_jobs(books: Books) -> Iterator[str]:
    for job in books.jobs:
        own = {key for key in books.objects if key.startswith(keys.job_prefix(job.id))}
        wanted = _wanted(job, books)
        if missing := wanted - own:
            yield f"job {job.id}, {job.state}, lacks {sorted(missing)}"
        if orphans := own - wanted:
            yield f"job {job.id}, {job.state}, has {sorted(orphans)}, which nobody needs"
        if job.result_key and books.objects.get(job.result_key) != job.result_size:
            yield f"the result of job {job.id} has not the size of its row"


def _wanted(job: Job, books: Books) -> set[str]:
    """What a job's rows name: its results, and while it may be retried the segments that are done."""
    shown = {job.result_key, job.preview_key, job.source_preview_key, job.poster_key} - {None}
    if job.state is not JobState.FAILED:
        return {key for key in shown if key is not None}
    done = [segment for segment in books.segments_of(job.id) if segment.state is SegmentState.DONE]
    return {segment.key for segment in done if segment.key is not None}


def _check_orphans(books: Books) -> Iterator[str]:
    jobs = {keys.job_prefix(job.id) for job in books.jobs}
    uploads = {keys.upload_prefix(row.id) for row in books.uploads if row.state not in _GONE}
    for key in books.objects:
        top, name, *_ = key.split("/")
        if top == "jobs" and keys.job_prefix(UUID(name)) not in jobs:
            yield f"{key} belongs to no job"
        if top == "uploads" and keys.upload_prefix(UUID(name)) not in uploads:
            yield f"{key} belongs to no upload"
