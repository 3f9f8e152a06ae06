"""Jobs as their users see them."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.errors import Failure, LimitError, Reason, RequestError
from contracts.messages import JobCommand, JobEvent, JobSubmitted, now
from contracts.states import JobState, SegmentState, UploadState
from storage import jobs
from storage.models import AuditEntry, Job, OutboxMessage, Segment, Upload
from tests.integration.storage.rows import Customer, make_customer, make_face

FAILURE = Failure(reason=Reason.DECODE_FAILED, message="The video broke off.", detail={"segment": 3})


async def _outbox(subject: str) -> list[OutboxMessage]:
    return [row for row in await OutboxMessage.all() if row.subject.startswith(subject)]


async def test_a_new_job_is_told_to_the_scheduler(customer: Customer) -> None:
    job = await jobs.create_job(
        customer.user,
        customer.upload,
        [customer.face],
        customer.tier,
        "paste",
        {"preset": "fast"},
        persons=["p1"],
        address="192.0.2.1",
    )
    kept = await jobs.get_job(customer.user.id, job.id)
    assert (kept.state, kept.tier_id, kept.engine) == (JobState.QUEUED, "free", "paste")
    assert (kept.options, kept.upload.filename) == ({"preset": "fast"}, "talk.mp4")
    [row] = await jobs.faces_of(job.id)
    assert (row.face.name, row.person) == ("Grace", "p1")
    [message] = await _outbox(f"jobs.free.{job.id}")
    assert JobSubmitted.model_validate_json(message.payload).job_id == job.id
    entry = await AuditEntry.get(action="job.create")
    assert (entry.user_id, entry.subject, entry.address) == (customer.user.id, str(job.id), "192.0.2.1")


async def test_the_tiers_limit_of_jobs_holds(customer: Customer) -> None:
    made = [await customer.submit() for _ in range(customer.tier.max_jobs)]
    with pytest.raises(LimitError) as caught:
        await customer.submit()
    assert caught.value.reason is Reason.JOBS_LIMIT
    assert await jobs.count_unfinished(customer.user.id) == customer.tier.max_jobs
    await jobs.finish_job(made[0].id, JobState.CANCELLED)
    await customer.submit()


@pytest.mark.parametrize("state", [state for state in UploadState if state is not UploadState.READY])
async def test_an_upload_must_be_ready(customer: Customer, state: UploadState) -> None:
    await Upload.filter(id=customer.upload.id).update(state=state)
    with pytest.raises(RequestError) as caught:
        await customer.submit()
    assert caught.value.reason is Reason.UPLOAD_NOT_READY
    assert await OutboxMessage.all().count() == await Job.all().count() == 0


async def test_nobody_uses_what_is_anothers(customer: Customer) -> None:
    other = await make_customer()
    for upload, face in ((other.upload, customer.face), (customer.upload, other.face)):
        with pytest.raises(RequestError):
            await jobs.create_job(customer.user, upload, [face], customer.tier, "paste")
    job = await other.submit()
    for ask in (jobs.get_job, jobs.request_cancel, jobs.request_retry):
        with pytest.raises(RequestError) as caught:
            await ask(customer.user.id, job.id)
        assert caught.value.reason is Reason.NOT_FOUND


async def test_a_removed_face_and_no_face_are_refused(customer: Customer) -> None:
    removed = await make_face(customer.user)
    removed.removed_at = now()
    await removed.save()
    for faces, reason in (([customer.face, removed], Reason.NOT_FOUND), ([], Reason.INVALID)):
        with pytest.raises(RequestError) as caught:
            await jobs.create_job(customer.user, customer.upload, faces, customer.tier, "paste")
        assert caught.value.reason is reason


async def test_pages_are_newest_first_and_without_gap(database: None) -> None:
    customer = await make_customer("pro")
    made = [(await customer.submit()).id for _ in range(7)]
    await (await make_customer()).submit()
    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor is not None:
        page = await jobs.list_jobs(customer.user.id, cursor, limit=3)
        seen += [job.id for job in page.jobs]
        cursor, pages = page.next, pages + 1
    assert (seen, pages) == (made[::-1], 3)


async def test_pages_hold_jobs_of_the_same_moment(database: None) -> None:
    customer = await make_customer("pro")
    made = {(await customer.submit()).id for _ in range(5)}
    await Job.all().update(created_at=now())
    first = await jobs.list_jobs(customer.user.id, None, limit=2)
    second = await jobs.list_jobs(customer.user.id, first.next, limit=5)
    assert {job.id for job in first.jobs} | {job.id for job in second.jobs} == made
    assert len(second.jobs) == 3


async def test_states_only_move_on(customer: Customer) -> None:
    job = await customer.submit()
    assert await jobs.mark_job(job.id, JobState.WAITING, segments_total=4)
    assert not await jobs.mark_job(job.id, JobState.WAITING)
    assert await jobs.mark_job(job.id, JobState.RUNNING, started_at=now())
    assert await jobs.mark_job(job.id, JobState.MERGING)
    assert not await jobs.mark_job(job.id, JobState.RUNNING)
    kept = await jobs.get_job(customer.user.id, job.id)
    assert (kept.state, kept.segments_total) == (JobState.MERGING, 4)


async def test_an_end_is_told_once(customer: Customer) -> None:
    job = await customer.submit()
    assert await jobs.finish_job(job.id, JobState.DONE, result_key="r", result_size=5)
    assert not await jobs.finish_job(job.id, JobState.DONE, result_key="other")
    assert not await jobs.finish_job(job.id, JobState.FAILED, FAILURE)
    kept = await jobs.get_job(customer.user.id, job.id)
    assert (kept.state, kept.result_key, kept.result_size, kept.failure) == (JobState.DONE, "r", 5, None)
    assert kept.finished_at is not None
    [row] = await _outbox("events.job.")
    event = JobEvent.model_validate_json(row.payload)
    assert row.subject == f"events.job.done.{job.id}"
    assert row.id == event.event_id == jobs.event_id(job.id, JobState.DONE, 1)
    assert (event.job_id, event.user_id, event.state) == (job.id, customer.user.id, JobState.DONE)


async def test_a_failure_is_kept_and_told(customer: Customer) -> None:
    job = await customer.submit()
    await jobs.finish_job(job.id, JobState.FAILED, FAILURE)
    kept = await jobs.get_job(customer.user.id, job.id)
    assert Failure.model_validate(kept.failure) == FAILURE
    [row] = await _outbox("events.job.failed.")
    assert JobEvent.model_validate_json(row.payload).failure == FAILURE


@pytest.mark.parametrize("end", [JobState.FAILED, JobState.CANCELLED])
async def test_no_segment_waits_for_a_job_that_has_ended(customer: Customer, end: JobState) -> None:
    job = await customer.submit()
    states = [SegmentState.DONE, SegmentState.RELEASED, SegmentState.WAITING]
    for index, state in enumerate(states):
        await Segment.create(job_id=job.id, index=index, range={}, state=state, estimate_seconds=1)
    await jobs.finish_job(job.id, end)
    kept = await Segment.filter(job_id=job.id).order_by("index").values_list("state", flat=True)
    assert kept == [SegmentState.DONE, SegmentState.RELEASED, SegmentState.CANCELLED]


async def test_finishing_what_is_not_there_changes_nothing(database: None) -> None:
    assert not await jobs.finish_job(uuid4(), JobState.DONE)
    assert await OutboxMessage.all().count() == 0


async def test_cancelling_twice_asks_once(customer: Customer) -> None:
    job = await customer.submit()
    for _ in range(2):
        assert (await jobs.request_cancel(customer.user.id, job.id)).state is JobState.CANCELLING
    [row] = await _outbox("commands.")
    assert row.subject == f"commands.cancel.{job.id}"
    assert JobCommand.model_validate_json(row.payload).job_id == job.id
    assert not await jobs.finish_job(job.id, JobState.DONE)
    assert not await jobs.mark_job(job.id, JobState.MERGING)
    assert await jobs.finish_job(job.id, JobState.CANCELLED)


@pytest.mark.parametrize("end", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
async def test_what_has_ended_cannot_be_cancelled(customer: Customer, end: JobState) -> None:
    job = await customer.submit()
    await jobs.finish_job(job.id, end)
    with pytest.raises(RequestError) as caught:
        await jobs.request_cancel(customer.user.id, job.id)
    assert caught.value.reason is Reason.NOT_CANCELLABLE


async def test_a_retry_runs_only_what_is_missing(customer: Customer) -> None:
    job = await customer.submit()
    states = [SegmentState.DONE, SegmentState.FAILED, SegmentState.CANCELLED, SegmentState.RELEASED]
    for index, state in enumerate(states):
        await Segment.create(
            job_id=job.id, index=index, range={}, state=state, attempts_made=3, estimate_seconds=1
        )
    await jobs.finish_job(job.id, JobState.FAILED, FAILURE)
    for _ in range(2):
        await jobs.request_retry(customer.user.id, job.id)
    assert len(await _outbox("commands.retry.")) == 1
    assert await jobs.reopen_job(job.id)
    assert not await jobs.reopen_job(job.id)
    rows = await Segment.filter(job_id=job.id).order_by("index")
    assert [row.state for row in rows] == [SegmentState.DONE] + [SegmentState.WAITING] * 3
    assert [row.attempts_made for row in rows] == [3, 0, 0, 0]
    kept = await jobs.get_job(customer.user.id, job.id)
    assert (kept.state, kept.failure, kept.finished_at) == (JobState.WAITING, None, None)


async def test_a_second_end_after_a_retry_is_told_again(customer: Customer) -> None:
    job = await customer.submit()
    for _ in range(2):
        await jobs.finish_job(job.id, JobState.FAILED, FAILURE)
        await jobs.request_retry(customer.user.id, job.id)
        await jobs.reopen_job(job.id)
    assert len({row.id for row in await _outbox("events.job.failed.")}) == 2
    assert len({row.id for row in await _outbox("commands.retry.")}) == 2
    assert (await jobs.get_job(customer.user.id, job.id)).state is JobState.QUEUED


async def test_only_failed_jobs_whose_video_is_stored_are_tried_again(customer: Customer) -> None:
    job = await customer.submit()
    await _refused_retry(customer, job)
    await jobs.finish_job(job.id, JobState.FAILED, FAILURE)
    await Job.filter(id=job.id).update(expired_at=now() - timedelta(days=1))
    await _refused_retry(customer, job)
    await Job.filter(id=job.id).update(expired_at=None)
    await Upload.filter(id=customer.upload.id).update(state=UploadState.EXPIRED)
    await _refused_retry(customer, job)
    assert await _outbox("commands.") == []


async def _refused_retry(customer: Customer, job: Job) -> None:
    with pytest.raises(RequestError) as caught:
        await jobs.request_retry(customer.user.id, job.id)
    assert caught.value.reason is Reason.NOT_RETRYABLE
