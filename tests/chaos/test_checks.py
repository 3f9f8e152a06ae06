"""The checks of the chaos test find what they are there for: books in order, and one thing wrong in each."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

from contracts.states import AttemptState, DeliveryState, JobState, SegmentState, UploadState
from contracts.subjects import job_event
from storage import keys
from storage.jobs import event_id
from tests.chaos.books import Books
from tests.chaos.checks import complaints
from tests.chaos.checks.caps import most_in_flight
from tests.chaos.customers import Customer
from tests.chaos.errands import Errand
from tests.chaos.load import MIX, kinds_of
from tests.chaos.material import Film
from tests.chaos.receiver import Heard
from tests.chaos.strikes import SERVERS, kind_of, plan

# Rows as the checks see them: real ones would want a database.
Attempt = Job = Segment = OutboxMessage = WebhookDelivery = Upload = DeadLetterRow = SimpleNamespace

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
USER, JOB, UPLOAD = UUID(int=1), UUID(int=2), UUID(int=3)


def attempt(
    segment: int, begin: float, end: float | None, state: AttemptState = AttemptState.DONE
) -> Attempt:
    """An attempt in flight from `begin` to `end` seconds after noon, all of it work."""
    seconds = (end or begin) - begin
    return Attempt(
        id=uuid4(), segment_id=segment, job_id=JOB, number=1, state=state, gpu_seconds=seconds,
        charged_seconds=seconds, released_at=NOON + timedelta(seconds=begin),
        ended_at=None if end is None else NOON + timedelta(seconds=end),
    )  # fmt: skip


def books() -> Books:
    """A job of two segments, done, told and in order."""
    job = Job(
        id=JOB, user_id=USER, upload_id=UPLOAD, tier_id="small", state=JobState.DONE, engine="timed:0.5", endings=1,
        segments_total=2, segments_done=2, frames_total=10, frames=10, gpu_seconds=2.0,
        result_key=keys.result(JOB, "mp4"), result_size=7, poster_key=keys.poster(JOB),
        preview_key=None, source_preview_key=None, failure=None,
    )  # fmt: skip
    parts = [
        Segment(
            id=n, job_id=JOB, index=n, state=SegmentState.DONE, frames=5, gpu_seconds=1, key=None
        )
        for n in (0, 1)
    ]  # fmt: skip
    customer = Customer("ann", USER, 1, None)  # type: ignore[arg-type]
    errand = Errand("timed", customer, Film(None, 2), "timed:0.5", job_id=str(JOB), sent=[str(JOB)])  # type: ignore[arg-type]
    told = job_event("done", JOB)
    return Books(
        jobs=[job],
        segments=parts,
        attempts=[attempt(0, 0, 1), attempt(1, 1, 2)],
        outbox=[OutboxMessage(id=uuid4(), sequence=1, subject=told, payload="", sent_at=NOON)],
        deliveries=[
            WebhookDelivery(id=uuid4(), tries=[], state=DeliveryState.DELIVERED, event_type="job.done")
        ],
        uploads=[Upload(id=UPLOAD, state=UploadState.READY)],
        errands=[errand],
        caps={USER: 1},
        objects={keys.result(JOB, "mp4"): 7, keys.poster(JOB): 1, keys.upload_source(UPLOAD): 5},
        streams={"JOBS": 0},
        told={told: 1},
        heard={USER: [Heard(str(event_id(JOB, JobState.DONE, 1)), "job.done", str(JOB))]},
    )


def test_books_in_order_pass() -> None:
    assert complaints(books()) == []


def _change(wrong: Books, **columns: object) -> None:
    vars(wrong.jobs[0]).update(columns)


WRONGS: dict[str, tuple[str, Callable[[Books], object]]] = {
    "a wrong end": ("endings", lambda b: _change(b, state=JobState.FAILED)),
    "two ends": ("endings", lambda b: _change(b, endings=2)),
    "a job that is gone": ("endings", lambda b: b.jobs.clear() or b.attempts.clear()),
    "a job too many": ("endings", lambda b: b.jobs.append(Job(**{**vars(b.jobs[0]), "id": uuid4()}))),
    "a doubled request": ("endings", lambda b: b.errands[0].sent.append("another")),
    "a segment won twice": ("segments", lambda b: b.attempts.append(attempt(0, 5, 6))),
    "a segment nobody won": ("segments", lambda b: b.attempts.pop()),
    "a segment that waits": ("segments", lambda b: setattr(b.segments[0], "state", SegmentState.WAITING)),
    "frames that are missing": ("segments", lambda b: setattr(b.segments[0], "frames", 4)),
    "an attempt without end": ("segments", lambda b: b.attempts.append(attempt(0, 5, None, AttemptState.RUNNING))),
    "a broken cap": ("caps", lambda b: setattr(b.attempts[1], "released_at", NOON + timedelta(seconds=0.5))),
    "GPU time from nowhere": ("accounts", lambda b: _change(b, gpu_seconds=2.5)),
    "a charge for the dead": (
        "accounts", lambda b: b.attempts.append(attempt(0, 5, 6, AttemptState.LOST))
    ),
    "more work than time": ("accounts", lambda b: setattr(b.attempts[0], "ended_at", NOON + timedelta(seconds=0.1))),
    "less work than declared": ("accounts", lambda b: _change(b, engine="timed:1.5")),
    "a message not sent": ("events", lambda b: setattr(b.outbox[0], "sent_at", None)),
    "an end told twice": ("events", lambda b: b.told.update({job_event("done", JOB): 2})),
    "an end told wrongly": ("events", lambda b: b.told.update({job_event("failed", JOB): 1})),
    "a webhook not delivered": ("events", lambda b: setattr(b.deliveries[0], "state", DeliveryState.FAILED)),
    "a webhook not heard": ("events", lambda b: b.heard[USER].clear()),
    "a webhook under two ids": ("events", lambda b: b.heard[USER].append(Heard("x", "job.done", str(JOB)))),
    "a message left": ("remains", lambda b: b.streams.update(MERGES=1)),
    "a dead letter": (
        "remains", lambda b: b.letters.append(DeadLetterRow(actor="merger", subject="merges.x", reason=""))
    ),
    "an orphan of a job": ("remains", lambda b: b.objects.update({keys.segments_prefix(JOB) + "0-x.nut": 1})),
    "an orphan of nobody": ("remains", lambda b: b.objects.update({keys.poster(uuid4()): 1})),
    "a result that is gone": ("remains", lambda b: b.objects.pop(keys.result(JOB, "mp4"))),
    "a result cut short": ("remains", lambda b: b.objects.update({keys.result(JOB, "mp4"): 6})),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONGS)
def test_what_is_wrong_is_found(name: str) -> None:
    check, spoil = WRONGS[name]
    wrong = books()
    spoil(wrong)
    assert check in {complaint.split(":")[0] for complaint in complaints(wrong)}


def test_an_end_and_a_release_at_one_moment_are_not_two_in_flight() -> None:
    assert most_in_flight([attempt(0, 0, 1), attempt(1, 1, 2)])[0] == 1
    assert most_in_flight([attempt(0, 0, 1.1), attempt(1, 1, 2)])[0] == 2


def test_a_second_attempt_at_a_segment_is_no_second_flight() -> None:
    assert most_in_flight([attempt(0, 0, 3), attempt(0, 1, 2)])[0] == 1


@pytest.mark.parametrize("kills", [1, 14, 200])
def test_a_plan_is_drawn_from_its_seed_and_leaves_nobody_out(kills: int) -> None:
    parts = [
        *SERVERS,
        "gateway",
        "webhooks",
        "relay",
        "merger",
        "merger-2",
        "scheduler",
        "scheduler-2",
        "agent-1",
    ]
    strikes = plan(parts, kills, random.Random(5))
    assert strikes == plan(parts, kills, random.Random(5)) != plan(parts, kills, random.Random(6))
    assert len(strikes) == kills
    assert [one.share for one in strikes] == sorted(one.share for one in strikes)
    assert strikes[0].share >= 0 and strikes[-1].share < 1
    if kills >= len(parts):
        assert {one.part for one in strikes} == set(parts)
    if kills == 200:
        agents, schedulers = (
            sum(kind_of(one.part) == kind for one in strikes) for kind in ("agent", "scheduler")
        )
        assert agents > schedulers > 200 / len(WEIGHED)


WEIGHED = {"agent", "scheduler", "merger", "gateway", "relay", "webhooks", *SERVERS}


@pytest.mark.parametrize("jobs", [14, 18, 60])
def test_every_kind_of_job_is_among_the_load(jobs: int) -> None:
    kinds = kinds_of(jobs, random.Random(1))
    assert len(kinds) == jobs
    assert set(kinds) == set(MIX)
