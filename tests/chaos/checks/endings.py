"""Every job has ended as it must, once for each time it ran, and there are no jobs that nobody asked for."""

from collections.abc import Iterator

from contracts.errors import Reason
from storage.models import Job
from tests.chaos.books import Books
from tests.chaos.errands import Errand

# What a damaged film may fail for.
_DAMAGED = {Reason.DECODE_FAILED}


def check(books: Books) -> Iterator[str]:
    """Compare what customers asked for with the rows."""
    rows = {str(job.id): job for job in books.jobs}
    for errand in books.errands:
        if errand.problem:
            yield f"a customer with a job {errand.kind} ({errand.job_id}) met {errand.problem}"
        if len(set(errand.sent)) > 1:
            yield f"one request sent {len(errand.sent)} times made {len(set(errand.sent))} jobs"
        job = rows.pop(errand.job_id, None)
        if job is None:
            yield f"a job {errand.kind} has no row: {errand.job_id or 'it was never accepted'}"
            continue
        yield from _check_end(errand, job)
    yield from (f"nobody asked for job {job.id} ({job.engine}, {job.state})" for job in rows.values())


def _check_end(errand: Errand, job: Job) -> Iterator[str]:
    name = f"job {errand.kind} {job.id}"
    wanted = errand.endings[-1]
    if job.state is not wanted:
        yield f"{name} is {job.state} instead of {wanted}: {job.failure}"
    if errand.seen is not None and errand.seen is not wanted:
        yield f"{name} was seen to end as {errand.seen} instead of {wanted}"
    if job.endings != len(errand.endings):
        yield f"{name} ended {job.endings} times instead of {len(errand.endings)}"
    if errand.kind == "poisoned" and job.failure and job.failure["reason"] not in _DAMAGED:
        yield f"{name} failed for {job.failure['reason']}"
