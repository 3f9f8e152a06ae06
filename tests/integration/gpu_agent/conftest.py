"""Agents on real servers: in this process, or in one of their own that may be killed."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import nats.errors
import pytest

from bus.connection import Bus
from contracts import subjects
from contracts.messages import CancelWork, Report, SegmentReports, SegmentTask
from contracts.settings import Settings
from storage.s3 import S3Store
from tests.clips import write_clip
from tests.films import ffmpeg
from tests.portraits import hopper_path
from tests.processes import workers_of
from tests.waiting import PATIENCE
from visage.environment import Needs, environment_for

CODE = """
import asyncio
from contracts.settings import Settings
from gpu_agent.actor import run
asyncio.run(run(Settings()))
"""


class Scheduler:
    """What a scheduler does, by hand: releases tasks and hears of them."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self._heard: list[Report] = []

    async def release(self, task: SegmentTask) -> None:
        await self.bus.publish(subjects.segment_task("default"), task, str(task.attempt_id))

    async def cancel(self, task: SegmentTask) -> None:
        await self.bus.announce(subjects.cancel_work(task.job_id), CancelWork(job_id=task.job_id))

    async def drop(self, task: SegmentTask) -> None:
        """Give one attempt up."""
        message = CancelWork(attempt_id=task.attempt_id)
        await self.bus.announce(subjects.cancel_work(task.attempt_id), message)

    async def waiting(self) -> int:
        """Tasks that no agent has acknowledged."""
        return (await self.bus.request_stream_info(subjects.SEGMENTS)).state.messages

    async def next_event(self, *kinds: str, seconds: float = PATIENCE) -> Report:
        """The next report of one of these kinds; others are passed over."""
        consumer = await self.bus.js.pull_subscribe_bind("scheduler-segments", subjects.EVENTS)
        try:
            async with asyncio.timeout(seconds):
                while True:
                    while self._heard:
                        report = self._heard.pop(0)
                        if not kinds or report.what in kinds:
                            return report
                    with suppress(nats.errors.TimeoutError):
                        (msg,) = await consumer.fetch(1, timeout=1)
                        await msg.ack()
                        self._heard += SegmentReports.model_validate_json(msg.data).reports
        finally:
            await consumer.unsubscribe()


class Agent:
    """An agent in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self.process = process
        self.folder = folder

    def workers(self) -> list[int]:
        """Process ids of its workers."""
        return workers_of(self.process.pid)

    async def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), PATIENCE)


StartAgent = Callable[..., Awaitable[Agent]]


@pytest.fixture
async def scheduler(bus: Callable[[str], Awaitable[Bus]]) -> Scheduler:
    return Scheduler(await bus("scheduler"))


@pytest.fixture
async def start_agent(settings: Settings, tmp_path: Path) -> AsyncIterator[StartAgent]:
    async with AsyncExitStack() as stack:

        async def start(name: str, **changes: object) -> Agent:
            ours = settings.agent.model_copy(update={"id": name, "threads": 1, **changes})
            told = settings.model_copy(update={"agent": ours, "data": tmp_path / name})
            environment = environment_for(told, Needs("agent", s3=True))
            environment["PYTHONPATH"] = ":".join(entry for entry in sys.path if entry)
            process = await asyncio.create_subprocess_exec(sys.executable, "-c", CODE, env=environment)
            agent = Agent(process, tmp_path / name)
            stack.push_async_callback(agent.kill)
            return agent

        yield start


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", 45)


@pytest.fixture(scope="session")
def long_clip(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So long that no agent is done with it while a test acts: `clip` twenty times over."""
    path = tmp_path_factory.mktemp("clips") / "long.mp4"
    ffmpeg(["-stream_loop", "19", "-i", str(clip), "-c", "copy", str(path)])
    return path


@pytest.fixture
async def objects(store: S3Store, clip: Path, long_clip: Path) -> S3Store:
    """The store with the clips and the face's photo in it."""
    await store.put("uploads/clip/source", clip)
    await store.put("uploads/long/source", long_clip)
    await store.put("faces/hopper/photo", hopper_path())
    return store
