"""Real agents die, hang and come back: every segment is done once.

How soon is measured by `benchmarks/recovery.py`.
"""

import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bus.connection import Bus
from contracts.errors import Reason
from contracts.messages import SegmentProgress, now
from contracts.settings import Settings
from contracts.states import AttemptState, JobState
from contracts.subjects import segment_progress
from storage.jobs import request_cancel, request_retry
from storage.models import Attempt, Face, Job, Segment
from storage.s3 import S3Store
from tests import waiting
from tests.clips import hopper_ref, write_clip
from tests.integration.scheduler.conftest import House, reach, until
from tests.integration.scheduler.crew import Crew
from tests.portraits import hopper_path
from tests.processes import has_ended


@pytest.fixture
async def house(
    settings: Settings, database: None, store: S3Store, bus: Callable[[str], Awaitable[Bus]]
) -> AsyncIterator[House]:
    """With the settings as they are delivered."""
    async with House(settings, bus, store) as house:
        yield house


@pytest.fixture(scope="module")
async def crew(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Crew]:
    """Agents that outlive a test, if the test lets them."""
    bus = await Bus.connect(settings.nats, "scheduler")
    async with Crew(settings, tmp_path_factory.mktemp("crew"), bus) as crew:
        yield crew
    await bus.close()


async def agent_at(job: Job, besides: str = "") -> str:
    """The agent that works on the job's only segment, once one does that is not `besides`."""
    found: list[str] = []

    async def check() -> bool:
        running = Attempt.filter(job_id=job.id, state=AttemptState.RUNNING).exclude(agent_id=besides)
        found[:] = await running.values_list("agent_id", flat=True)
        return bool(found)

    await until(check)
    return found[0]


async def has_worked(job: Job) -> bool:
    """Whether the first attempt began a second ago."""
    attempt = await Attempt.get(job_id=job.id)
    return attempt.started_at is not None and now() - attempt.started_at > timedelta(seconds=1)


async def test_a_dead_agents_segment_starts_elsewhere_at_no_cost(house: House, crew: Crew) -> None:
    await crew.agents("left", "right")
    async with house.scheduler():
        job = await house.submit(await house.user(), segments=1, engine="timed:3")
        agent = await agent_at(job)
        await until(lambda: has_worked(job))
        await crew.members[agent].kill()
        killed = time.monotonic()
        other = await agent_at(job, besides=agent)
        await reach(job.id, JobState.MERGING)
        since = time.monotonic() - killed
        (attempt,) = await Attempt.filter(job_id=job.id)
    assert (attempt.state, attempt.agent_id) == (AttemptState.DONE, other)
    assert attempt.charged_seconds < since, "the dead agent's time was charged"


async def test_of_a_frozen_agent_only_the_first_result_counts(house: House, crew: Crew) -> None:
    await crew.agents("left", "right")
    async with house.scheduler():
        user = await house.user()
        job = await house.submit(user, segments=1, engine="timed:2.5")
        agent = await agent_at(job)
        crew.members[agent].freeze()
        other = await agent_at(job, besides=agent)
        ended = await reach(job.id, JobState.MERGING)
        crew.members[agent].thaw()  # and it goes on, reports, and is free again
        await crew.members[other].kill()
        following = await house.submit(user, segments=1, engine="timed:0.1")
        await reach(following.id, JobState.MERGING)
        (attempt,) = await Attempt.filter(job_id=job.id)
        assert (attempt.state, attempt.agent_id) == (AttemptState.DONE, other)
        assert (await Job.get(id=job.id)).gpu_seconds == ended.gpu_seconds == attempt.charged_seconds
        assert await Attempt.filter(job_id=following.id).values_list("agent_id", flat=True) == [agent]


async def test_cancel_does_not_wait_for_an_agent_that_is_silent(house: House, crew: Crew) -> None:
    await crew.agents("left")
    async with house.scheduler():
        user = await house.user()
        job = await house.submit(user, segments=1, engine="timed:60")
        agent = crew.members[await agent_at(job)]
        await until(lambda: Attempt.filter(job_id=job.id, state=AttemptState.RUNNING).exists())
        agent.freeze()
        await request_cancel(user.id, job.id)
        await reach(job.id, JobState.CANCELLED)
        (attempt,) = await Attempt.filter(job_id=job.id)
        assert attempt.state is AttemptState.CANCELLED, "it was taken for lost"
        agent.thaw()
        other = await house.submit(user, segments=1, engine="timed:0")
        await reach(other.id, JobState.MERGING)  # it heard what it had missed, and stopped


async def test_a_segment_that_kills_its_agents_stops_after_three_deaths_and_may_be_retried(
    house: House, crew: Crew
) -> None:
    async with house.scheduler():
        user = await house.user()
        await crew.agents("drained", grace_seconds=0.1)
        job = await house.submit(user, segments=1, engine="timed:60")
        await agent_at(job)
        assert await crew.members["drained"].stop() == 0  # which is no death
        for name in ("first", "second", "third"):
            await crew.agents(name)
            begun = Attempt.filter(job_id=job.id, agent_id=name, state=AttemptState.RUNNING)
            await until(begun.exists)
            await crew.members[name].kill()
        await crew.agents("fourth")
        failed = await reach(job.id, JobState.FAILED)
        assert failed.failure is not None
        assert (failed.failure["reason"], "3 agents" in failed.failure["message"]) == (
            Reason.AGENT_LOST,
            True,
        )
        attempts = await Attempt.filter(job_id=job.id)
        assert [attempt.state for attempt in attempts] == [AttemptState.LOST] * 2
        assert sum(attempt.charged_seconds for attempt in attempts) == 0.0
        await Job.filter(id=job.id).update(engine="timed:0")
        await request_retry(user.id, job.id)
        await reach(job.id, JobState.MERGING)
        assert crew.members["fourth"].is_alive
        await crew.members["fourth"].kill()


async def test_a_frozen_worker_is_noticed_by_its_frames_and_the_segment_is_made_elsewhere(
    house: House, crew: Crew, tmp_path: Path
) -> None:
    impatient = house.settings.scheduler.model_copy(update={"hang_seconds": 5.0})
    house.settings = house.settings.model_copy(update={"scheduler": impatient})
    await crew.agents("left", "right", threads=1)
    await house.store.put("faces/f/photo", hopper_path())
    job = await house.submit_clip(await house.user(), write_clip(tmp_path / "clip.mp4", 120))
    await Face.all().update(points=hopper_ref().photos[0].points)
    progress = await house.open_bus("scheduler")
    async with (
        progress.listen(segment_progress(job.id), SegmentProgress) as heard,
        house.scheduler(),
    ):
        first = await anext(message async for _, message in heard if message.frames)
        frozen = (await Attempt.get(id=first.attempt_id)).agent_id
        (worker,) = crew.members[frozen].workers()
        os.kill(worker, signal.SIGSTOP)
        await until(Attempt.filter(id=first.attempt_id, state=AttemptState.LOST).exists)
        await reach(job.id, JobState.MERGING)
        await waiting.until(lambda: has_ended(worker))
    lost = await Attempt.get(id=first.attempt_id)
    assert lost.charged_seconds == 0.0
    won = await Attempt.get(segment_id=lost.segment_id, state=AttemptState.DONE)
    assert won.number == lost.number + 1
    keys = [info.key async for info in house.store.list(f"jobs/{job.id}/segments/")]
    assert sorted(keys) == sorted(await Segment.filter(job_id=job.id).values_list("key", flat=True))
