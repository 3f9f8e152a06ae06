"""Jobs whose segments are done, on the real servers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from uuid import uuid4

import av
import numpy as np
import pytest

from bus.connection import Bus
from contracts.media import EncodeSpec, MediaInfo, SegmentRange
from contracts.messages import MergeTask
from contracts.settings import Settings
from contracts.states import JobState, SegmentState, UploadState
from contracts.subjects import merge_task
from media.encode import SegmentWriter
from media.frames import read_range
from media.plan import plan
from media.probe import probe
from media.sources.source import open_source
from media.spec import encode_spec
from merger.actor import run
from storage.models import Job, Segment, Upload, User
from storage.s3 import S3Store
from tests.waiting import until


def write_video(path: Path, codec: str = "libx264", seconds: int = 4) -> Path:
    """Moving gray with a key frame each second and a tone beside it."""
    with av.open(str(path), "w") as container:
        video = container.add_stream(codec, rate=30, options={"g": "30", "preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 128, 96, "yuv420p"
        audio = container.add_stream("aac", rate=48000, layout="mono")
        for n in range(30 * seconds):
            picture = np.full((96, 128, 3), 40 + n % 150, np.uint8)
            picture[20:60, n % 60 : n % 60 + 40] = 220
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(video.encode())
        for n in range(47 * seconds):
            wave = np.sin(np.arange(1024 * n, 1024 * (n + 1)) / 30)[None, :].astype(np.float32)
            sound = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
            sound.rate, sound.pts, sound.time_base = 48000, 1024 * n, Fraction(1, 48000)
            container.mux(audio.encode(sound))
        container.mux(audio.encode())
    return path


def make_segment(
    source_path: Path, part: SegmentRange, spec: EncodeSpec, out: Path, lost_frames: int = 0
) -> Path:
    """What an agent makes of a segment that shows no face, `lost_frames` of which cannot be decoded."""
    with (
        closing(open_source(str(source_path))) as source,
        SegmentWriter(out, spec, part.previous_pts) as writer,
    ):
        frames = [frame for frame in read_range(source, 0, part) if frame.in_range]
        for frame in frames[: len(frames) - lost_frames]:
            writer.write(frame)
    return out


@dataclass
class MergeHouse:
    """Makes jobs in merging; `settings` are those the merger runs with."""

    settings: Settings
    store: S3Store
    folder: Path
    publisher: Bus

    async def job(self, original: Path, *, spoil: bool = False, lost_frames: int = 0) -> Job:
        """A job all of whose segments are stored; with `spoil`, one of them lacks half of its frames.

        `lost_frames` are missing at the end of the first.
        """
        with closing(open_source(str(original))) as source:
            info, cut = probe(source), plan(source, 2.0)
        spec = encode_spec(info)
        user = await User.create(id=uuid4(), email=f"{uuid4()}@example.org", tier_id="pro")
        upload = await self._upload(user, original, info)
        job = await Job.create(
            id=uuid4(),
            user_id=user.id,
            upload_id=upload.id,
            tier_id="pro",
            engine="paste",
            state=JobState.MERGING,
            plan=cut.model_dump(mode="json", exclude={"segments"}),
            encode=spec.model_dump(mode="json"),
            segments_total=len(cut.segments),
            segments_done=len(cut.segments),
        )
        for part in cut.segments:
            if spoil and part.index == 0:
                part = part.model_copy(update={"end_pts": (part.end_pts or 0) // 2})
            await self._segment(job, original, part, spec, 0 if part.index else lost_frames)
        return job

    async def _upload(self, user: User, original: Path, info: MediaInfo) -> Upload:
        upload_id = uuid4()
        key = f"uploads/{upload_id}/source"
        await self.store.put(key, original)
        return await Upload.create(
            id=upload_id,
            user_id=user.id,
            purpose="target",
            filename=original.name,
            size=info.size,
            offset=info.size,
            state=UploadState.READY,
            key=key,
            info=info.model_dump(mode="json"),
            expires_at="2100-01-01T00:00:00Z",
        )

    async def _segment(
        self, job: Job, original: Path, part: SegmentRange, spec: EncodeSpec, lost_frames: int
    ) -> None:
        out = self.folder / f"{part.index}{spec.suffix}"
        made = await asyncio.to_thread(make_segment, original, part, spec, out, lost_frames)
        key = f"jobs/{job.id}/segments/{part.index}-{uuid4()}{spec.suffix}"
        await self.store.put(key, made)
        await Segment.create(
            job_id=job.id,
            index=part.index,
            range=part.model_dump(mode="json"),
            state=SegmentState.DONE,
            estimate_seconds=1.0,
            key=key,
            frames=part.frames,
        )

    async def ask(self, job: Job) -> None:
        """Send a merge task, as the relay does."""
        await self.publisher.publish(merge_task(job.id), MergeTask(job_id=job.id))

    async def keys(self, job: Job) -> set[str]:
        """Names of what is stored of a job, without their folder."""
        prefix = f"jobs/{job.id}/"
        return {info.key.removeprefix(prefix) async for info in self.store.list(prefix)}

    @asynccontextmanager
    async def merger(self) -> AsyncIterator[None]:
        task = asyncio.create_task(run(self.settings))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def house(
    settings: Settings,
    database: None,
    store: S3Store,
    bus: Callable[[str], Awaitable[Bus]],
    tmp_path: Path,
) -> MergeHouse:
    return MergeHouse(settings.model_copy(update={"data": tmp_path}), store, tmp_path, await bus("relay"))


async def ended(job: Job) -> Job:
    """The job once it has ended."""
    await until(lambda: Job.filter(id=job.id, finished_at__isnull=False).exists())
    return await Job.get(id=job.id)
