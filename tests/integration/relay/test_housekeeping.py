"""What is past its time goes; nothing else does."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.errors import UnavailableError
from contracts.messages import now
from contracts.states import JobState, UploadState
from relay import housekeeping
from storage import accounts, jobs, keys
from storage.models import IdempotencyRecord, Job, OutboxMessage, Session, Upload
from storage.objects import ObjectMissing
from storage.s3 import S3Store
from tests.integration.storage.rows import Customer, make_upload


async def _stored(store: S3Store, prefix: str) -> list[str]:
    return [info.key async for info in store.list(prefix)]


@pytest.mark.parametrize("state", [UploadState.OPEN, UploadState.READY])
async def test_uploads_past_their_time_lose_their_bytes(
    customer: Customer, store: S3Store, state: UploadState
) -> None:
    old = await make_upload(customer.user, state, hours=-1)
    for key in (keys.upload_source(old.id), keys.upload_tail(old.id), keys.upload_source(customer.upload.id)):
        await store.put(key, b"bytes")
    assert await housekeeping.expire_uploads(store) == 1
    assert await _stored(store, "uploads/") == [keys.upload_source(customer.upload.id)]
    assert (await Upload.get(id=old.id)).state is UploadState.EXPIRED
    assert (await Upload.get(id=customer.upload.id)).state is UploadState.READY
    assert await housekeeping.expire_uploads(store) == 0


async def test_a_refused_upload_goes_with_its_row_once_its_time_has_passed(
    customer: Customer, store: S3Store
) -> None:
    old, young = [await make_upload(customer.user, UploadState.REFUSED, hours) for hours in (-1, 1)]
    for upload in (old, young):
        await store.put(keys.upload_source(upload.id), b"bytes")
    assert await housekeeping.expire_uploads(store) == 1
    assert await _stored(store, "uploads/") == [keys.upload_source(young.id)]
    left = await Upload.all().values_list("id", flat=True)
    assert set(left) == {customer.upload.id, young.id}
    assert await housekeeping.expire_uploads(store) == 0


async def test_an_abandoned_multipart_upload_is_aborted(customer: Customer, store: S3Store) -> None:
    old = await make_upload(customer.user, UploadState.OPEN, hours=-1)
    old.multipart = {"id": await store.start_multipart(old.key)}
    await old.save()
    assert await housekeeping.expire_uploads(store) == 1
    with pytest.raises(ObjectMissing):
        await store.put_part(old.key, old.multipart["id"], 1, b"late")
    assert (await Upload.get(id=old.id)).multipart is None


async def test_uploads_in_use_stay(customer: Customer, store: S3Store) -> None:
    job = await customer.submit()
    await Upload.filter(id=customer.upload.id).update(expires_at=now() - timedelta(hours=1))
    adding = await make_upload(customer.user, UploadState.OPEN, hours=-1)
    await Upload.filter(id=adding.id).update(lock=uuid4(), locked_until=now() + timedelta(minutes=1))
    assert await housekeeping.expire_uploads(store) == 0
    await jobs.finish_job(job.id, JobState.CANCELLED)
    assert await housekeeping.expire_uploads(store) == 1


async def test_an_upload_whose_bytes_stay_is_not_called_expired(customer: Customer, store: S3Store) -> None:
    class Broken:
        async def delete_prefix(self, prefix: str) -> int:
            raise UnavailableError("object store")

    old = await make_upload(customer.user, hours=-1)
    with pytest.raises(UnavailableError):
        await housekeeping.expire_uploads(Broken())  # type: ignore[arg-type]
    assert (await Upload.get(id=old.id)).state is UploadState.READY
    assert await housekeeping.expire_uploads(store) == 1


async def test_results_go_with_the_tiers_retention(customer: Customer, store: S3Store) -> None:
    old, young = [await customer.submit() for _ in range(2)]
    for job in (old, young):
        for key in (keys.result(job.id, "mp4"), keys.poster(job.id), keys.segment(job.id, 0, uuid4(), "mp4")):
            await store.put(key, b"bytes")
        await jobs.finish_job(job.id, JobState.DONE, result_key=keys.result(job.id, "mp4"))
    days = customer.tier.retention_days
    await Job.filter(id=old.id).update(finished_at=now() - timedelta(days=days, minutes=1))
    await Job.filter(id=young.id).update(finished_at=now() - timedelta(days=days, minutes=-1))
    assert await housekeeping.expire_results(store) == 1
    assert await _stored(store, keys.job_prefix(old.id)) == []
    assert len(await _stored(store, keys.job_prefix(young.id))) == 3
    kept = await Job.get(id=old.id)
    assert (kept.state, kept.result_key) == (JobState.DONE, None)
    assert kept.expired_at is not None
    assert (await Job.get(id=young.id)).result_key is not None
    assert await housekeeping.expire_results(store) == 0


async def test_unfinished_jobs_are_never_expired(customer: Customer, store: S3Store) -> None:
    job = await customer.submit()
    await Job.filter(id=job.id).update(created_at=now() - timedelta(days=900), finished_at=None)
    assert await housekeeping.expire_results(store) == 0


async def test_log_ins_end(customer: Customer) -> None:
    for name, hours in (("old", -1), ("young", 1)):
        await accounts.open_session(name, customer.user.id, "csrf", now() + timedelta(hours=hours))
    assert await housekeeping.expire_sessions() == 1
    assert await Session.all().values_list("token_hash", flat=True) == ["young"]


async def test_answers_are_kept_for_a_day(customer: Customer) -> None:
    for key, hours in (("old", 25), ("young", 23)):
        record = await IdempotencyRecord.create(user_id=customer.user.id, key=key, fingerprint="f")
        await IdempotencyRecord.filter(id=record.id).update(created_at=now() - timedelta(hours=hours))
    assert await housekeeping.forget_answers() == 1
    assert await IdempotencyRecord.all().values_list("key", flat=True) == ["young"]


async def test_sent_messages_are_kept_for_an_hour(database: None) -> None:
    for minutes in (61, 59, None):
        sent = None if minutes is None else now() - timedelta(minutes=minutes)
        await OutboxMessage.create(id=uuid4(), subject="s", payload="{}", sent_at=sent)
    assert await housekeeping.remove_sent() == 1
    assert await OutboxMessage.all().count() == 2


async def test_all_of_it_at_once(customer: Customer, store: S3Store) -> None:
    await make_upload(customer.user, hours=-1)
    await accounts.open_session("old", customer.user.id, "csrf", now() - timedelta(hours=1))
    assert await housekeeping.clean_up(store) == {
        "uploads": 1,
        "results": 0,
        "sessions": 1,
        "answers": 0,
        "messages": 0,
    }
