"""Three brokers that hold everything three times: the one that leads the streams is killed under load."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bus.connection import Bus
from contracts.messages import SegmentTask
from contracts.settings import Settings
from contracts.states import AttemptState, JobState, SegmentState
from contracts.subjects import EVENTS, SEGMENTS
from storage.models import Attempt, OutboxMessage, Segment
from storage.s3 import S3Store
from tests.cluster import Cluster, cluster
from tests.integration.scheduler.agent import PeerAgent, peer_agent
from tests.integration.scheduler.conftest import House, reach, until

JOBS_AT_ONCE, SEGMENTS_EACH, SLOTS = 4, 30, 6


@pytest.fixture
async def brokers(tmp_path: Path) -> AsyncIterator[Cluster]:
    async with cluster(tmp_path) as brokers:
        yield brokers


@pytest.fixture
async def house(brokers: Cluster, settings: Settings, database: None, store: S3Store) -> AsyncIterator[House]:
    """On the three brokers."""
    async with AsyncExitStack() as opened:

        async def open_bus(actor: str) -> Bus:
            bus = await Bus.connect(brokers.settings, actor)
            opened.push_async_callback(bus.close)
            return bus

        async with House(settings.model_copy(update={"nats": brokers.settings}), open_bus, store) as house:
            yield house


async def take_a_while(agent: PeerAgent, task: SegmentTask) -> None:
    await agent.started(task)
    await asyncio.sleep(0.2)
    await agent.done(task)


async def leader_of(house: House, stream: str) -> str:
    """The broker that leads a stream, once one does."""
    provision, leaders = await house.open_bus("provision"), [""]

    async def check() -> bool:
        info = await provision.js.stream_info(stream)
        assert info.config.num_replicas == 3
        leaders.append((info.cluster and info.cluster.leader) or "")
        return leaders[-1] != ""

    await until(check)
    return leaders[-1]


async def done(count: int) -> None:
    """Until so many more segments are done."""

    async def so_many() -> int:
        return await Segment.filter(state=SegmentState.DONE).count()

    goal = await so_many() + count

    async def check() -> bool:
        return await so_many() >= goal

    await until(check)


async def test_nothing_is_lost_when_the_leader_of_a_stream_is_killed_under_load(
    house: House, brokers: Cluster
) -> None:
    user = await house.user("business")
    async with (
        house.scheduler(),
        peer_agent(await house.open_bus("agent"), house.settings, take_a_while, slots=SLOTS),
    ):
        jobs = [await house.submit(user, SEGMENTS_EACH) for _ in range(JOBS_AT_ONCE)]
        for stream in (SEGMENTS, EVENTS):
            await done(20)
            name = await leader_of(house, stream)
            pid = brokers.pid(name)
            os.kill(pid, signal.SIGKILL)
            await brokers.keeper.restarted(name, pid)
        jobs.append(await house.submit(user, SEGMENTS_EACH))
        for job in jobs:
            merged = await reach(job.id, JobState.MERGING)
            assert merged.segments_done == SEGMENTS_EACH
    winners = Counter(await Attempt.filter(state=AttemptState.DONE).values_list("segment_id", flat=True))
    assert set(winners.values()) == {1} and len(winners) == len(jobs) * SEGMENTS_EACH
    told = Counter(
        await OutboxMessage.filter(subject__startswith="merges.").values_list("subject", flat=True)
    )
    assert sum(told.values()) == len(jobs)
