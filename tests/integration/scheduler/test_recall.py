"""What a leader that takes over knows of the time before."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from contracts.messages import SegmentTask
from contracts.states import AttemptState, JobState
from scheduler.actor import Scheduler
from scheduler.estimate import CostClass
from storage.history import recent_merges, recent_releases
from storage.models import Attempt, Job
from tests.integration.scheduler.agent import PeerAgent, Work, peer_agent
from tests.integration.scheduler.conftest import House, reach, until

KIND = CostClass("default", "paste", 720, "libx264:")


def leads(scheduler: Scheduler) -> Callable[[], Awaitable[bool]]:
    async def there() -> bool:
        return scheduler._term is not None

    return there


async def test_who_was_ahead_before_a_restart_is_ahead_after_it(house: House) -> None:
    dear = await house.submit(await house.user(), segments=6)
    cheap = await house.submit(await house.user(), segments=6)
    go_on = asyncio.Event()

    async def third_runs() -> bool:
        return await Attempt.filter(state__in=[AttemptState.DONE, AttemptState.RUNNING]).count() == 3

    async def work(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        if len(agent.tasks) > 2:
            await go_on.wait()
        await agent.done(task, seconds=60.0 if task.job_id == dear.id else 1.0)

    async with peer_agent(await house.open_bus("agent"), house.settings, work, slots=1) as agent:
        async with house.scheduler():
            await until(third_runs)
        go_on.set()
        async with house.scheduler():
            await reach(cheap.id, JobState.MERGING)
    order = [task.job_id for task in agent.tasks]
    assert set(order[:2]) == {dear.id, cheap.id}
    assert order[2:7] == [cheap.id] * 5, "he who had 60 s waits until the other had as much"


def costing(seconds: float) -> Work:
    async def work(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        await agent.done(task, seconds=seconds)

    return work


async def test_what_segments_cost_is_known_after_a_restart(house: House) -> None:
    job = await house.submit(await house.user(), segments=3)
    async with peer_agent(await house.open_bus("agent"), house.settings, costing(1.0)), house.scheduler():
        await reach(job.id, JobState.MERGING)
    async with house.scheduler() as successor:
        await until(leads(successor))
        estimates = successor.term.lead.board.estimates
    assert estimates.measured(KIND) == 3
    assert estimates.seconds(KIND, 5.0) == pytest.approx(1.0)


async def test_rows_tell_releases_in_order_and_how_long_results_were_merged(house: House) -> None:
    job = await house.submit(await house.user("business"), segments=4)
    async with peer_agent(await house.open_bus("agent"), house.settings, costing(2.0)), house.scheduler():
        await reach(job.id, JobState.MERGING)
    last = await Attempt.filter(job_id=job.id).order_by("-ended_at").first()
    assert last is not None and last.ended_at is not None
    await Job.filter(id=job.id).update(state=JobState.DONE, finished_at=last.ended_at, endings=1)
    found = await recent_releases(3)
    assert [release.index for release in found] == [1, 2, 3]
    assert {(it.charged, it.seconds, it.weight) for it in found} == {(2.0, 5.0, 4.0)}
    assert [(merge.source_seconds, merge.took) for merge in await recent_merges(10)] == [(20.0, 0.0)]
