"""Rows in words: what the pages say of uploads, jobs and deliveries."""

from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from uuid import uuid4

import pytest

from contracts import packaged
from contracts.media import MediaInfo, MediaKind, VideoStream
from contracts.messages import JobProgress, now
from contracts.states import DeliveryState, JobState, UploadState
from contracts.tiers import DEFAULT_TIERS
from gateway.site.assets import TEMPLATES
from gateway.site.engines import engine_shown
from gateway.site.shown.delivery import DeliveryShown
from gateway.site.shown.job import JobShown
from gateway.site.shown.target import TargetShown
from gateway.views.jobs import JobView
from gateway.views.webhooks import DeliveryView, TryView
from storage.models import Upload
from tests.packages import put

FREE = DEFAULT_TIERS[0]


def _info(
    width: int = 640,
    height: int = 360,
    fps: int = 25,
    seconds: float = 12.0,
    kind: MediaKind = MediaKind.VIDEO,
) -> MediaInfo:
    video = VideoStream(
        index=0,
        codec="h264",
        width=width,
        height=height,
        pix_fmt="yuv420p",
        time_base=Fraction(1, 90_000),
        fps=Fraction(fps),
    )
    return MediaInfo(kind=kind, container="mp4", duration_seconds=seconds, size=1000, video=video)


def _upload(info: MediaInfo | None, state: UploadState = UploadState.READY, offset: int = 1000) -> Upload:
    stored = info.model_dump(mode="json") if info else None
    return Upload(id=uuid4(), filename="clip.mp4", size=1000, offset=offset, state=state, info=stored)


def _target(
    info: MediaInfo | None, state: UploadState = UploadState.READY, offset: int = 1000
) -> TargetShown:
    return TargetShown.of(_upload(info, state, offset), FREE, segment_seconds=5.0)


def test_a_video_within_the_tier_is_ready_and_kept_as_it_is() -> None:
    shown = _target(_info())
    assert shown.ready
    assert (shown.reduction, shown.refusal, shown.parts) == ("", "", 3)
    assert shown.result == "640\u00a0\u00d7\u00a0360, 25 fps"


def test_what_the_tier_reduces_is_said_before_the_start() -> None:
    shown = _target(_info(width=1080, height=1920, fps=60))
    assert shown.ready
    assert "720\u00a0\u00d7\u00a01280" in shown.reduction
    assert "from 60 to 30 fps" in shown.reduction


def test_a_video_longer_than_the_tier_takes_cannot_be_started() -> None:
    shown = _target(_info(seconds=301.0))
    assert not shown.ready
    assert "5 min" in shown.refusal


def test_a_picture_has_neither_length_nor_frame_rate() -> None:
    shown = _target(_info(seconds=0, kind=MediaKind.PICTURE))
    assert (shown.fps, shown.parts, "fps" in shown.result) == ("", 1, False)


def test_an_unfinished_upload_tells_how_much_is_there() -> None:
    shown = _target(None, UploadState.OPEN, offset=999)
    assert (shown.percent, shown.ready) == (99, False)


def shown_job(
    state: JobState, progress: dict[str, float | None] | None = None, **changes: object
) -> JobShown:
    """A job in `state`; `changes` are of its view."""
    job_id = uuid4()
    standing = JobProgress(
        job_id=job_id,
        state=state,
        percent=0,
        frames_done=0,
        frames_total=None,
        segments_done=0,
        segments_total=0,
    ).model_copy(update=progress)
    view = JobView(
        id=job_id,
        state=state,
        upload_id=uuid4(),
        filename="clip.mp4",
        face_ids=[],
        engine="paste",
        tier="free",
        options={},
        progress=standing,
        frames=300,
        faces=290,
        face_frames=290,
        gpu_seconds=7.25,
        no_face_found=False,
        failure=None,
        result=None,
        preview_url=None,
        source_preview_url=None,
        poster_url=None,
        created_at=now(),
        started_at=None,
        finished_at=now() + timedelta(seconds=75),
        expired_at=None,
    )
    return JobShown(view.model_copy(update=changes), _info())


@pytest.mark.parametrize("state", list(JobState))
def test_every_state_has_words_and_a_part_of_the_page(state: JobState) -> None:
    job = shown_job(state)
    assert job.label and job.note and job.tone
    assert (TEMPLATES / "parts" / f"job_{job.stage}.html").exists()
    assert job.final == state.final
    assert job.can_cancel == (not state.final and state is not JobState.CANCELLING)
    assert job.can_retry == (state is JobState.FAILED)


def test_a_job_under_way_tells_frames_queue_and_time_left() -> None:
    job = shown_job(
        JobState.RUNNING,
        {"percent": 41.9, "frames_done": 1234, "frames_total": 9000, "queue_position": 3, "eta_seconds": 80},
    )
    assert job.frames_line == "1\u202f234 of 9\u202f000"
    assert job.queue_line == "3 parts"
    assert job.eta == "about 1 min 20 s left"
    assert job.line.startswith("41 % ")


def test_what_is_not_known_is_not_made_up() -> None:
    job = shown_job(JobState.QUEUED)
    assert (job.eta, job.segments_line, job.frames_line, job.queue_line) == ("", "\u2013", "0", "nobody")


def test_a_finished_job_has_its_figures_and_says_when_the_engine_is_a_stand_in() -> None:
    job = shown_job(JobState.DONE)
    assert dict(job.figures) == {
        "Frames": "300", "Faces swapped": "290", "Finished in": "1 min 15 s", "Computing time": "7.2 s",
        "Engine": "paste",
    }  # fmt: skip
    assert "stand-in" in job.engine_note


def test_the_engine_that_only_spends_time_says_so() -> None:
    assert "swaps nothing" in engine_shown("timed:0.5").note and engine_shown("timed:0.5").stand_in


def test_weights_for_research_say_so_before_and_after_a_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packaged, "FOLDER", tmp_path)
    put(tmp_path, "compact", "research")
    put(tmp_path, "compact-clean", "clean")
    shown = engine_shown("compact")
    assert packaged.FOR_RESEARCH in shown.note and shown.limited and not shown.stand_in
    assert packaged.FOR_RESEARCH in shown_job(JobState.DONE, engine="compact").engine_note
    clean = engine_shown("compact:clean")
    assert packaged.FOR_RESEARCH not in clean.note and not clean.limited


def _delivery(state: DeliveryState, *tries: TryView) -> DeliveryShown:
    ids = {name: uuid4() for name in ("id", "endpoint_id", "event_id")}
    view = DeliveryView(
        **ids, event_type="job.done", state=state, tries=list(tries), created_at=now(), finished_at=None
    )
    return DeliveryShown.of(view)


def test_a_delivery_tells_the_last_answer_and_can_be_sent_again_once_it_ended() -> None:
    refused, accepted = TryView(at=now(), status=500), TryView(at=now(), status=204)
    shown = _delivery(DeliveryState.DELIVERED, refused, accepted)
    assert (shown.answer, shown.can_replay) == ("204 \u00b7 2 tries", True)
    assert not _delivery(DeliveryState.PENDING).can_replay


def test_a_receiver_that_did_not_answer_is_told_so() -> None:
    silent = TryView(at=now(), error="The receiver did not answer in 15 s.")
    shown = _delivery(DeliveryState.PENDING, silent)
    assert shown.answer == "The receiver did not answer in 15 s \u00b7 first try"
