import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from fractions import Fraction
from pathlib import Path
from uuid import UUID, uuid4

import av
import numpy as np
import pytest

from bus.actor import Actor
from bus.connection import Bus
from contracts.errors import UnavailableError
from contracts.media import EncodeSpec, MediaInfo, MediaKind, MediaLimits, Plan, SegmentRange, VideoStream
from contracts.settings import NatsSettings, SchedulerSettings, Settings
from contracts.states import JobState, UploadState
from contracts.tiers import TierPolicy
from media.probe import probe
from media.sources.source import open_source
from relay.publisher import Publisher
from scheduler.actor import Scheduler
from storage.database import guard, transaction
from storage.dispatch import save_plan
from storage.jobs import create_job
from storage.models import Face, Job, Tier, Upload, User
from storage.s3 import S3Store
from tests import waiting
from tests.waiting import PATIENCE

Until = Callable[[Callable[[], Awaitable[object]]], Awaitable[object]]


@pytest.fixture
def quick(settings: Settings) -> Settings:
    """Short waits, so that tests about time are short."""
    return settings.model_copy(
        update={
            "nats": settings.nats.model_copy(update={"lease_seconds": 1.0}),
            "scheduler": SchedulerSettings(progress_seconds=0.1, leader_seconds=1.0),
        }
    )


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds of moving gray with a key frame each second."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"g": "30", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for n in range(360):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), n % 256, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


class House:
    """Starts schedulers and a relay on the session's servers, and makes users and jobs."""

    def __init__(self, settings: Settings, bus: Callable[[str], Awaitable[Bus]], store: S3Store) -> None:
        self.settings, self.open_bus, self.store = settings, bus, store
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "House":
        await self._stack.enter_async_context(self._relay())
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    @asynccontextmanager
    async def _relay(self) -> AsyncIterator[None]:
        publisher = Publisher(await self.open_bus("relay"), self.settings.database)
        task = asyncio.create_task(publisher.run())
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    @asynccontextmanager
    async def scheduler(self) -> AsyncIterator[Scheduler]:
        bus = await Bus.connect(self.settings.nats, "scheduler")
        actor = Actor("scheduler", bus, self.settings, grace=1.0)
        scheduler = Scheduler(self.settings, bus, self.store)
        scheduler.declare(actor)
        task = asyncio.create_task(actor.run())
        await actor.started.wait()
        try:
            yield scheduler
        finally:
            actor.stop()
            await asyncio.gather(task, return_exceptions=True)

    async def user(self, tier: str = "pro", **overrides: object) -> User:
        return await User.create(id=uuid4(), email=f"{uuid4()}@example.org", tier_id=tier, **overrides)

    async def submit(
        self,
        user: User,
        segments: int = 3,
        *,
        key: str = "missing",
        planned: bool = True,
        engine: str = "paste",
    ) -> Job:
        """A job in the database with its message in the outbox; planned already unless told otherwise."""
        return await self._submit(user, info_of(segments), key, segments if planned else None, engine)

    async def submit_clip(self, user: User, clip: Path) -> Job:
        """A job with a real video in the store, for the scheduler to plan."""
        await self.store.put(f"clips/{clip.name}", clip)
        with closing(open_source(str(clip))) as source:
            info = probe(source, MediaLimits())
        return await self._submit(user, info, f"clips/{clip.name}", None)

    async def _submit(
        self, user: User, info: MediaInfo, key: str, segments: int | None, engine: str = "paste"
    ) -> Job:
        upload_id = uuid4()
        upload = await Upload.create(
            id=upload_id,
            user_id=user.id,
            purpose="target",
            filename="a.mp4",
            size=info.size,
            offset=info.size,
            state=UploadState.READY,
            key=key,
            info=info.model_dump(mode="json"),
            expires_at="2100-01-01T00:00:00Z",
        )
        face = await Face.create(
            id=uuid4(),
            user_id=user.id,
            name="f",
            key="faces/f/photo",
            thumbnail_key="faces/f/thumbnail.jpg",
            width=100,
            height=100,
            box=[0, 0, 1, 1],
            points=[[1, 2]] * 5,
            score=0.9,
        )
        tier = TierPolicy.model_validate(await Tier.get(name=user.tier_id))
        async with transaction():  # else a scheduler that leads could plan it first
            job = await create_job(user, upload, [face], tier, engine)
            if segments is not None:
                assert await save_plan(job.id, plan_of(segments), encode_of(info), [5.0] * segments)
        return job


def info_of(segments: int) -> MediaInfo:
    stream = VideoStream(
        index=0,
        codec="h264",
        width=1280,
        height=720,
        pix_fmt="yuv420p",
        time_base=Fraction(1, 30),
        fps=Fraction(30),
    )
    return MediaInfo(
        kind=MediaKind.VIDEO, container="mp4", duration_seconds=5.0 * segments, size=1000, video=stream
    )


def plan_of(segments: int) -> Plan:
    ranges = [
        SegmentRange(
            index=n,
            start_pts=150 * n,
            end_pts=150 * (n + 1) if n < segments - 1 else None,
            seek_pts=150 * n,
            frames=150,
            seconds=5.0,
        )
        for n in range(segments)
    ]
    return Plan(time_base=Fraction(1, 30), segments=ranges, frames=150 * segments)


def encode_of(info: MediaInfo) -> EncodeSpec:
    return EncodeSpec(
        codec="h264",
        encoder="libx264",
        pix_fmt="yuv420p",
        width=info.video.width,
        height=info.video.height,
        time_base=info.video.time_base,
    )


@pytest.fixture
async def house(
    quick: Settings, database: None, store: S3Store, bus: Callable[[str], Awaitable[Bus]]
) -> AsyncIterator[House]:
    async with House(quick, bus, store) as house:
        yield house


async def until(check: Callable[[], Awaitable[object]], seconds: float = PATIENCE) -> None:
    """Wait until `check` gives something true, also while the database is away."""

    async def holds() -> bool:
        try:
            async with guard():
                return bool(await check())
        except UnavailableError:
            return False

    await waiting.until(holds, seconds)


async def state_of(job_id: UUID) -> JobState:
    return (await Job.get(id=job_id)).state


async def reach(job_id: UUID, state: JobState, seconds: float = PATIENCE) -> Job:
    async def there() -> bool:
        return await state_of(job_id) is state

    await until(there, seconds)
    return await Job.get(id=job_id)


__all__ = ["House", "NatsSettings", "reach", "state_of", "until"]
