"""Any one part is killed -9 in the middle of a job: the job ends well, nothing is doubled.

`tests/chaos` kills them in any order and number; here each death has a test that names it.
"""

import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from contracts.states import AttemptState, JobState, SegmentState
from storage import database, keys
from storage.models import Attempt, OutboxMessage, Segment
from storage.orm import url_of
from storage.s3 import S3Store, open_store
from tests.acceptance.likeness import audio_packets, frame_times
from tests.films import ffmpeg
from tests.processes import frozen, workers_of
from tests.waiting import until
from visage import demo
from visage.client import Client
from visage.stack import Stack

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

PARTS = ["gateway", "webhooks", "relay", "scheduler", "agent-1", "merger", "nats", "postgres", "s3"]
AGENTS = ["agent-1", "agent-2"]
RETRIES = 120  # a second apart, while the service is away


@pytest.fixture(scope="module")
async def client(fragile: Stack) -> AsyncIterator[Client]:
    """The operator of the service whose parts die."""
    async with Client(fragile.url, fragile.operator_key, retries=RETRIES) as client:
        yield client


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small video of two segments, with a face and sound, and the photo of a face."""
    folder = tmp_path_factory.mktemp("small")
    large, face = demo.material(folder, seconds=2)
    video = folder / "small.mp4"
    ffmpeg(["-i", str(large), "-vf", "scale=320:180", "-c:v", "libx264", "-preset", "veryfast", "-g", "30",
            "-sc_threshold", "0", "-c:a", "copy", str(video)])  # fmt: skip
    return video, face


@pytest.fixture(scope="module")
async def uploaded(client: Client, small: tuple[Path, Path]) -> tuple[str, str]:
    """The ids of the video and of the face."""
    video, face = small
    return (await client.upload(video, "target"))["id"], (await client.upload(face, "face"))["face_id"]


@pytest.mark.parametrize("part", PARTS)
async def test_a_job_survives_the_death_of(
    part: str,
    fragile: Stack,
    client: Client,
    uploaded: tuple[str, str],
    small: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    middle = in_the_middle_of_merging if part == "merger" else in_the_middle_of_running
    async with middle(fragile, client, *uploaded) as job_id:
        pid = fragile.processes[part]
        os.kill(pid, signal.SIGKILL)
    await fragile.restarted(part, pid)
    job = await client.wait(job_id)

    assert job["state"] == "done", job["failure"]
    result = tmp_path / "result.mp4"
    await client.download(job["id"], result)
    video, _ = small
    assert frame_times(result) == frame_times(video)
    assert audio_packets(result) == audio_packets(video)
    await nothing_doubled(fragile, job["id"])


@asynccontextmanager
async def in_the_middle_of_running(
    stack: Stack, client: Client, upload_id: str, face_id: str
) -> AsyncIterator[str]:
    """A job of two segments: one is done, and the first agent cannot end the other before the context does."""
    for agent in AGENTS:
        await until(lambda agent=agent: workers_of(stack.processes[agent]))  # type: ignore[misc]
    ours, others = ([stack.processes[agent]] for agent in AGENTS)
    with frozen(*workers_of(*ours)):
        async with connected(stack):
            with frozen(*workers_of(*others)):
                job_id = str((await client.create_job(upload_id, [face_id]))["id"])
                await until(lambda: has_attempts(job_id, AttemptState.RUNNING, 2))
            await until(lambda: has_attempts(job_id, AttemptState.DONE, 1))
        yield job_id


async def has_attempts(job_id: str, state: AttemptState, count: int) -> bool:
    return await Attempt.filter(job_id=job_id, state=state).count() == count


@asynccontextmanager
async def in_the_middle_of_merging(
    stack: Stack, client: Client, upload_id: str, face_id: str
) -> AsyncIterator[str]:
    """A job whose result is stored, and whose row, which says so, cannot be written before the context ends."""
    row = await asyncpg.connect(url_of(stack.settings.database))
    try:
        with frozen(stack.processes["merger"]):
            job_id = str((await client.create_job(upload_id, [face_id]))["id"])
            await until(lambda: is_merging(client, job_id))
            held = row.transaction()
            await held.start()
            await row.execute("SELECT FROM jobs WHERE id = $1 FOR UPDATE", UUID(job_id))
        async with open_store(stack.settings.s3) as store:
            await until(lambda: is_stored(store, keys.result(UUID(job_id), "mp4")))
        yield job_id
        await held.rollback()
    finally:
        await row.close()


async def is_merging(client: Client, job_id: str) -> bool:
    return bool((await client.get(f"/jobs/{job_id}"))["state"] == JobState.MERGING)


async def is_stored(store: S3Store, key: str) -> bool:
    return [info.key async for info in store.list(key)] == [key]


@asynccontextmanager
async def connected(stack: Stack) -> AsyncIterator[None]:
    await database.connect(stack.settings.database)
    try:
        yield
    finally:
        await database.close()


async def nothing_doubled(stack: Stack, job_id: str) -> None:
    """One result a segment, one completion told."""
    async with connected(stack):
        segments = await Segment.filter(job_id=job_id)
        attempts = await Attempt.filter(job_id=job_id)
        told = await OutboxMessage.filter(subject=f"events.job.done.{job_id}").count()
    assert {segment.state for segment in segments} == {SegmentState.DONE}
    winners = Counter(attempt.segment_id for attempt in attempts if attempt.state is AttemptState.DONE)
    assert winners == Counter(segment.id for segment in segments)
    assert told == 1
