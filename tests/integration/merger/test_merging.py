"""From stored segments to a finished job, on real servers and with real media."""

from contextlib import closing
from pathlib import Path
from uuid import uuid4

import av
import numpy as np
import pytest
from PIL import Image

from contracts.media import MediaKind
from contracts.states import JobState, UploadState
from media.probe import probe
from media.sources.source import open_source
from storage.lifecycle import event_id
from storage.merging import parts_of
from storage.models import Job, OutboxMessage, Segment, Upload
from tests.heic import heic
from tests.integration.merger.conftest import MergeHouse, ended, write_video
from tests.stills import scene
from tests.waiting import until


def tracks(path: str) -> tuple[list[int], list[bytes]]:
    """Presentation times of the video, packets of the sound."""
    with av.open(path) as container:
        times = sorted(frame.pts for frame in container.decode(video=0))
    with av.open(path) as container:
        sound = [bytes(packet) for packet in container.demux(audio=0) if packet.size]
    return times, sound


async def fetch(house: MergeHouse, key: str | None, out: Path) -> Path:
    assert key is not None
    out.write_bytes(b"".join([chunk async for chunk in house.store.get(key)]))
    return out


async def test_a_video_is_joined_shown_and_told_of(house: MergeHouse, tmp_path: Path) -> None:
    original = write_video(tmp_path / "original.mp4")
    job = await house.job(original)
    assert job.segments_total > 1
    async with house.merger():
        await house.ask(job)
        done = await ended(job)
        await until(lambda: _tidied(house, job))
    assert (done.state, done.preview_key, done.source_preview_key) == (JobState.DONE, None, None)
    result = await fetch(house, done.result_key, tmp_path / "result.mp4")
    assert tracks(str(result)) == tracks(str(original))
    assert done.result_size == result.stat().st_size
    assert (await house.store.stat(done.result_key or "")).content_type == "video/mp4"
    with av.open(str(await fetch(house, done.poster_key, tmp_path / "poster.jpg"))) as still:
        assert still.streams.video[0].width == 128
    assert await OutboxMessage.filter(id=event_id(job.id, JobState.DONE, 1)).count() == 1


async def _tidied(house: MergeHouse, job: Job) -> bool:
    return await _left(house, job, {"result.mp4", "poster.jpg"})


async def _left(house: MergeHouse, job: Job, names: set[str]) -> bool:
    return await house.keys(job) == names


async def test_a_codec_that_browsers_do_not_play_gets_previews(house: MergeHouse, tmp_path: Path) -> None:
    job = await house.job(write_video(tmp_path / "original.mp4", "libx265"))
    async with house.merger():
        await house.ask(job)
        done = await ended(job)
    for key in (done.preview_key, done.source_preview_key):
        preview = await fetch(house, key, tmp_path / "preview.mp4")
        with av.open(str(preview)) as container:
            assert container.streams.video[0].codec_context.name == "h264"


async def test_a_picture_is_its_one_segment(house: MergeHouse, tmp_path: Path) -> None:
    original = tmp_path / "original.png"
    noise = np.random.default_rng(1).integers(0, 255, (90, 120, 3), np.uint8)
    Image.fromarray(noise).save(original)
    job = await house.job(original)
    async with house.merger():
        await house.ask(job)
        done = await ended(job)
    assert (done.state, done.result_key) == (JobState.DONE, f"jobs/{job.id}/result.png")
    result = await fetch(house, done.result_key, tmp_path / "result.png")
    with closing(open_source(str(result))) as source:
        assert probe(source).kind is MediaKind.PICTURE
    assert (np.asarray(Image.open(result)) == noise).all()


async def test_a_picture_that_browsers_do_not_show_gets_one_that_they_do(
    house: MergeHouse, tmp_path: Path
) -> None:
    original = heic(tmp_path / "original.heic", scene(96, 64))
    job = await house.job(original)
    async with house.merger():
        await house.ask(job)
        done = await ended(job)
    assert (done.state, done.result_key) == (JobState.DONE, f"jobs/{job.id}/result.heic")
    assert (await house.store.stat(done.result_key or "")).content_type == "image/heic"
    for key in (done.preview_key, done.source_preview_key):
        assert key is not None and key.endswith(".jpg")
        with Image.open(await fetch(house, key, tmp_path / "preview.jpg")) as image:
            assert (image.format, image.size) == ("JPEG", (96, 64))


async def test_a_video_without_a_face_comes_back_as_it_was(house: MergeHouse, tmp_path: Path) -> None:
    original = write_video(tmp_path / "original.mov")
    job = await house.job(original)
    await Job.filter(id=job.id).update(no_face_found=True)
    async with house.merger():
        await house.ask(job)
        done = await ended(job)
    assert (done.state, done.result_key) == (JobState.DONE, f"jobs/{job.id}/result.mov")
    assert [note["kind"] for note in done.notes] == ["no-face"]
    result = await fetch(house, done.result_key, tmp_path / "result.mov")
    assert result.read_bytes() == original.read_bytes()
    assert (await house.store.stat(done.result_key or "")).content_type == "video/quicktime"
    with av.open(str(await fetch(house, done.poster_key, tmp_path / "poster.jpg"))) as still:
        assert still.streams.video[0].width == 128


async def test_an_original_that_browsers_do_not_play_gets_one_preview(
    house: MergeHouse, tmp_path: Path
) -> None:
    job = await house.job(write_video(tmp_path / "original.mp4", "libx265"))
    await Job.filter(id=job.id).update(no_face_found=True)
    async with house.merger():
        await house.ask(job)
        done = await ended(job)
        await until(lambda: _left(house, job, {"result.mp4", "poster.jpg", "preview.mp4"}))
    assert done.preview_key == done.source_preview_key
    with av.open(str(await fetch(house, done.preview_key, tmp_path / "preview.mp4"))) as container:
        assert container.streams.video[0].codec_context.name == "h264"


async def test_where_no_segment_is_stored_the_result_is_the_original_even_if_the_tier_scales(
    house: MergeHouse, tmp_path: Path
) -> None:
    original = write_video(tmp_path / "original.mp4")
    job = await house.job(original)
    smaller = {**(job.encode or {}), "width": 64, "height": 48}
    await Job.filter(id=job.id).update(no_face_found=True, encode=smaller)
    await Segment.filter(job_id=job.id, index=0).update(key=None)
    assert await parts_of(job.id) is None  # one that was made is missing: nothing is made up
    await Segment.filter(job_id=job.id).update(key=None)
    async with house.merger():
        await house.ask(job)
        done = await ended(job)
    result = await fetch(house, done.result_key, tmp_path / "result.mp4")
    assert (done.state, result.read_bytes()) == (JobState.DONE, original.read_bytes())


@pytest.mark.parametrize(("counted", "state"), [(1, JobState.DONE), (0, JobState.FAILED)])
async def test_frames_that_cannot_be_decoded_are_allowed_for(
    house: MergeHouse, tmp_path: Path, counted: int, state: JobState
) -> None:
    job = await house.job(write_video(tmp_path / "original.mp4"), lost_frames=1)
    await Segment.filter(job_id=job.id, index=0).update(damaged=counted)
    planned = {"kind": "deinterlaced", "text": "It was interlaced."}
    await Job.filter(id=job.id).update(encode={**(job.encode or {}), "notes": [planned]})
    async with house.merger():
        await house.ask(job)
        done = await ended(job)
    assert done.state is state
    kinds = [note["kind"] for note in done.notes]
    assert kinds == (["deinterlaced", "frames-damaged"] if state is JobState.DONE else [])


async def test_segments_that_do_not_fit_fail_the_job_and_are_kept(house: MergeHouse, tmp_path: Path) -> None:
    job = await house.job(write_video(tmp_path / "original.mp4"), spoil=True)
    async with house.merger():
        await house.ask(job)
        failed = await ended(job)
    assert failed.state is JobState.FAILED
    assert failed.failure is not None and failed.failure["reason"] == "result-mismatch"
    assert failed.result_key is None
    assert len(await house.keys(job)) == job.segments_total


async def test_a_job_is_ended_once_however_often_it_is_asked_for(house: MergeHouse, tmp_path: Path) -> None:
    job = await house.job(write_video(tmp_path / "original.mp4"))
    other = await house.job(write_video(tmp_path / "other.mp4", seconds=2))
    async with house.merger():
        await house.ask(job)
        await house.ask(job)
        assert (await ended(job)).state is JobState.DONE
        await house.ask(job)
        await house.ask(other)
        await ended(other)
        await until(lambda: _tidied(house, job))
    assert (await Job.get(id=job.id)).endings == 1
    assert await OutboxMessage.filter(subject=f"events.job.done.{job.id}").count() == 1


@pytest.mark.parametrize("state", [JobState.CANCELLED, JobState.FAILED])
async def test_a_job_that_ended_meanwhile_stays_as_it_is(
    house: MergeHouse, tmp_path: Path, state: JobState
) -> None:
    job = await house.job(write_video(tmp_path / "original.mp4", seconds=2))
    await Job.filter(id=job.id).update(state=state)
    marker = await house.job(write_video(tmp_path / "other.mp4", seconds=2))
    async with house.merger():
        await house.ask(job)
        await house.ask(marker)
        await ended(marker)
        if state is JobState.CANCELLED:
            await until(lambda: _empty(house, job))
    assert (await Job.get(id=job.id)).state is state
    assert len(await house.keys(job)) == (0 if state is JobState.CANCELLED else job.segments_total)


async def _empty(house: MergeHouse, job: Job) -> bool:
    return not await house.keys(job)


async def test_a_lost_segment_object_fails_the_job(house: MergeHouse, tmp_path: Path) -> None:
    job = await house.job(write_video(tmp_path / "original.mp4"))
    segment = await Segment.get(job_id=job.id, index=1)
    await house.store.delete(segment.key or "")
    async with house.merger():
        await house.ask(job)
        failed = await ended(job)
    assert failed.failure is not None and failed.failure["reason"] == "object-missing"


async def test_a_task_without_a_job_is_settled(house: MergeHouse, tmp_path: Path) -> None:
    stranger = Job(id=uuid4())
    job = await house.job(write_video(tmp_path / "original.mp4", seconds=2))
    async with house.merger():
        await house.ask(stranger)
        await house.ask(job)
        assert (await ended(job)).state is JobState.DONE
    assert await Upload.filter(state=UploadState.READY).count() == 1
