"""Quality reports of finished jobs, on real servers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import av

from contracts.quality import QualityReport
from contracts.settings import QualitySettings, SandboxSettings
from contracts.states import JobState
from merger.reporting import Reporter
from storage.models import Face, Job, JobFace
from storage.s3 import S3Store
from tests import swaps
from tests.clips import hopper_ref
from tests.integration.merger.conftest import MergeHouse, ended, write_video
from tests.portraits import hopper_path
from tests.waiting import until

SHORT = QualitySettings(windows=1, frames=3)


async def test_a_swapped_job_gets_a_report_whatever_becomes_of_others(
    house: MergeHouse, tmp_path: Path
) -> None:
    lost, untouched, job = [await swapped_job(house, tmp_path) for _ in range(3)]
    await house.store.delete(lost.result_key or "")
    await Job.filter(id=untouched.id).update(face_frames=0)
    async with reporting(house.store, SHORT) as reporter:
        for job_id in (lost.id, uuid4(), untouched.id, job.id):
            reporter.offer(job_id)
        report = await reported(job)
    assert (report.coverage.swapped, report.coverage.frames, report.coverage.missing) == (3, 3, 0)
    assert report.identity is not None
    assert report.identity.before < report.identity.same_person < report.identity.after
    assert report.flicker is not None
    assert report.background is not None
    assert report.background.psnr > 30
    for other in (lost, untouched):
        after = await Job.get(id=other.id)
        assert (after.state, after.quality) == (JobState.DONE, None)


async def test_none_wait_where_no_report_is_wanted_and_not_too_many_elsewhere(store: S3Store) -> None:
    idle, busy = (
        Reporter(store, quality, SandboxSettings()) for quality in (QualitySettings(windows=0), SHORT)
    )
    for _ in range(250):
        idle.offer(uuid4())
        busy.offer(uuid4())
    assert (idle.waiting, busy.waiting) == (0, 200)


async def test_the_merger_has_its_results_judged(house: MergeHouse, tmp_path: Path) -> None:
    job = await house.job(write_video(tmp_path / "original.mp4"))
    await Job.filter(id=job.id).update(face_frames=1)
    house = replace(house, settings=house.settings.model_copy(update={"quality": SHORT}))
    async with house.merger():
        await house.ask(job)
        assert (await ended(job)).state is JobState.DONE
        report = await reported(job)
    assert (report.coverage.frames, report.coverage.with_face, report.identity) == (3, 0, None)


async def swapped_job(house: MergeHouse, folder: Path) -> Job:
    """A job that is done: Grace Hopper's face in the short film."""
    original = write(folder / "original.mp4", swaps.film())
    job = await house.job(original)
    key = f"jobs/{job.id}/result.mp4"
    await house.store.put(key, write(folder / "result.mp4", swaps.swapped()))
    await Job.filter(id=job.id).update(state=JobState.DONE, result_key=key, face_frames=8)
    await JobFace.create(job_id=job.id, face_id=(await photographed(house, job)).id)
    return await Job.get(id=job.id)


async def photographed(house: MergeHouse, job: Job) -> Face:
    photo = hopper_ref().photos[0]
    face_id = uuid4()
    key = f"faces/{face_id}/photo"
    await house.store.put(key, hopper_path())
    return await Face.create(
        id=face_id,
        user_id=job.user_id,
        name="Grace",
        key=key,
        thumbnail_key=key,
        width=512,
        height=600,
        box=[0, 0, 1, 1],
        points=photo.points,
        score=1.0,
    )


def write(path: Path, film: swaps.Film) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"crf": "12", "preset": "ultrafast"})
        stream.height, stream.width = film[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for picture in film:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    return path


@asynccontextmanager
async def reporting(store: S3Store, quality: QualitySettings) -> AsyncIterator[Reporter]:
    reporter = Reporter(store, quality, SandboxSettings())
    task = asyncio.create_task(reporter.run())
    try:
        yield reporter
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def reported(job: Job) -> QualityReport:
    await until(lambda: Job.filter(id=job.id, quality__not_isnull=True).exists())
    return QualityReport.model_validate((await Job.get(id=job.id)).quality)
