"""Any one part is killed -9 in the middle of a job: the job ends well, nothing is doubled.

`tests/chaos` kills them in any order and number; here each death has a test that names it.
"""

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from contracts.states import AttemptState, JobState, SegmentState
from storage import database
from storage.models import Attempt, OutboxMessage, Segment
from tests.acceptance.likeness import audio_packets, frame_times
from visage.client import Client
from visage.stack import Stack

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]

PARTS = {
    "gateway": JobState.RUNNING,
    "webhooks": JobState.RUNNING,
    "relay": JobState.RUNNING,
    "scheduler": JobState.RUNNING,
    "agent-1": JobState.RUNNING,
    "merger": JobState.MERGING,
    "nats": JobState.RUNNING,
    "postgres": JobState.RUNNING,
    "s3": JobState.RUNNING,
}


@pytest.mark.parametrize("part", PARTS)
async def test_a_job_survives_the_death_of(
    part: str, fragile: Stack, brief: tuple[Path, Path], tmp_path: Path
) -> None:
    video, face = brief
    async with Client(fragile.url, fragile.operator_key) as client:
        photo = await client.upload(face, "face")
        target = await client.upload(video, "target")
        job = await client.create_job(target["id"], [photo["face_id"]])

        await reach(client, job["id"], PARTS[part])
        pid = fragile.processes[part]
        os.kill(pid, signal.SIGKILL)
        await fragile.restarted(part, pid)
        job = await client.wait(job["id"])

        assert job["state"] == "done", job["failure"]
        result = tmp_path / "result.mp4"
        await client.download(job["id"], result)
    assert frame_times(result) == frame_times(video)
    assert audio_packets(result) == audio_packets(video)
    await nothing_doubled(fragile, job["id"])


async def reach(client: Client, job_id: str, state: JobState) -> None:
    """Wait until the job is in the middle of `state`; the kill is worth nothing before."""
    async for progress in client.watch(job_id):
        if progress["state"] == state and (state is not JobState.RUNNING or progress["segments_done"] >= 1):
            return
    raise AssertionError(f"the job ended before it could be seen {state}")


async def nothing_doubled(stack: Stack, job_id: str) -> None:
    """One result a segment, one completion told."""
    await database.connect(stack.settings.database)
    try:
        segments = await Segment.filter(job_id=job_id)
        attempts = await Attempt.filter(job_id=job_id)
        told = await OutboxMessage.filter(subject=f"events.job.done.{job_id}").count()
    finally:
        await database.close()
    assert {segment.state for segment in segments} == {SegmentState.DONE}
    winners = Counter(attempt.segment_id for attempt in attempts if attempt.state is AttemptState.DONE)
    assert winners == Counter(segment.id for segment in segments)
    assert told == 1
