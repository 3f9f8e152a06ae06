"""Two actors at the same row: one wins, the other is told, nothing is told twice."""

import asyncio
from datetime import timedelta

from contracts.errors import LimitError, RequestError
from contracts.messages import now
from contracts.states import JobState, UploadState
from storage import jobs, retention
from storage.models import Job, OutboxMessage, Upload
from tests.integration.storage.rows import Customer, make_customer

ROUNDS = 15


async def _told(prefix: str) -> int:
    return sum(row.subject.startswith(prefix) for row in await OutboxMessage.all())


async def test_many_tellers_one_end(customer: Customer) -> None:
    job = await customer.submit()
    ends = [JobState.DONE, JobState.FAILED, JobState.CANCELLED] * 5
    won = await asyncio.gather(*(jobs.finish_job(job.id, end) for end in ends))
    assert sum(won) == 1
    assert (await Job.get(id=job.id)).state is ends[won.index(True)]
    assert await _told("events.job.") == 1


async def test_requests_at_the_same_time_do_not_pass_the_limit_together(customer: Customer) -> None:
    tried = await asyncio.gather(*(customer.submit() for _ in range(12)), return_exceptions=True)
    refused = [result for result in tried if isinstance(result, BaseException)]
    assert all(isinstance(error, LimitError) for error in refused), refused
    assert len(tried) - len(refused) == customer.tier.max_jobs


async def test_finish_against_cancel(database: None) -> None:
    for _ in range(ROUNDS):
        customer = await make_customer()
        job = await customer.submit()
        done, cancelled = await asyncio.gather(
            jobs.finish_job(job.id, JobState.DONE),
            jobs.request_cancel(customer.user.id, job.id),
            return_exceptions=True,
        )
        state = (await Job.get(id=job.id)).state
        if done is True:
            assert state is JobState.DONE
            assert isinstance(cancelled, RequestError)
        else:
            assert (done, state) == (False, JobState.CANCELLING)
            assert await jobs.finish_job(job.id, JobState.CANCELLED)
    assert await _told("events.job.") == ROUNDS


async def test_retry_against_retry_and_a_late_failure(customer: Customer) -> None:
    for _ in range(ROUNDS):
        job = await customer.submit()
        await jobs.finish_job(job.id, JobState.FAILED)
        await asyncio.gather(*(jobs.request_retry(customer.user.id, job.id) for _ in range(4)))
        reopened = await asyncio.gather(
            *(jobs.reopen_job(job.id) for _ in range(3)), jobs.finish_job(job.id, JobState.CANCELLED)
        )
        assert sum(reopened[:3]) == 1
        if not reopened[3]:
            assert await jobs.finish_job(job.id, JobState.CANCELLED)
    assert await _told("commands.retry.") == ROUNDS
    assert await _told("events.job.") == 2 * ROUNDS


async def test_submitting_against_expiry(database: None) -> None:
    removed: list[Upload] = []

    async def remove(upload: Upload) -> None:
        removed.append(upload)

    for _ in range(ROUNDS):
        customer = await make_customer()
        await Upload.filter(id=customer.upload.id).update(expires_at=now() - timedelta(days=1))
        job, expired = await asyncio.gather(
            customer.submit(), retention.expire_next_upload(remove), return_exceptions=True
        )
        state = (await Upload.get(id=customer.upload.id)).state
        if isinstance(job, Job):
            assert (expired, state, removed) == (False, UploadState.READY, [])
        else:
            assert isinstance(job, RequestError)
            assert (expired, state) == (True, UploadState.EXPIRED)
            assert [upload.id for upload in removed] == [customer.upload.id]
        removed.clear()


async def test_housekeepers_share_the_work(customer: Customer) -> None:
    await Upload.filter(id=customer.upload.id).update(expires_at=now() - timedelta(days=1))
    removed: list[Upload] = []

    async def remove(upload: Upload) -> None:
        removed.append(upload)

    done = await asyncio.gather(*(retention.expire_next_upload(remove) for _ in range(8)))
    assert sum(done) == len(removed) == 1
