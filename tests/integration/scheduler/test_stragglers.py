"""Attempts that stand still, and attempts that are far too slow."""

import asyncio

from contracts.messages import SegmentTask
from contracts.settings import Settings
from contracts.states import AttemptState, JobState, SegmentState
from storage.models import Attempt, Job, Segment, Tier
from tests.integration.scheduler.agent import PeerAgent, peer_agent
from tests.integration.scheduler.conftest import House, reach, until

FAST = 0.05  # GPU seconds of a segment, as agents report it


def impatient(settings: Settings) -> Settings:
    """A hang is one of three seconds; what is expected of a segment is what the tests' agents need."""
    scheduler = settings.scheduler.model_copy(update={"hang_seconds": 3.0, "estimate_factor": 0.01})
    return settings.model_copy(update={"scheduler": scheduler})


async def rows(job: Job, index: int) -> list[tuple[AttemptState, str | None, float]]:
    """State, agent and charge of the attempts at a segment, in order."""
    found = Attempt.filter(job_id=job.id, segment__index=index).order_by("number")
    return [(row.state, row.agent_id, row.charged_seconds) for row in await found]


async def test_an_attempt_that_stands_still_is_given_up_though_its_agent_lives(house: House) -> None:
    house.settings = impatient(house.settings)
    job = await house.submit(await house.user(), segments=1)

    async def stand_still(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        for frames in (10, 20, 20, 20, 20):
            await agent.progress(task, frames, 0.1)
            await asyncio.sleep(0.1)
        await agent.until_cancelled(task.attempt_id)

    async def work(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        await agent.done(task, seconds=FAST)

    bus = await house.open_bus("agent")
    async with (
        house.scheduler(),
        peer_agent(bus, house.settings, stand_still, slots=1, name="hangs") as hangs,
    ):
        await until(Attempt.filter(job_id=job.id, state=AttemptState.RUNNING).exists)
        async with peer_agent(await house.open_bus("agent"), house.settings, work, slots=1, name="works"):
            await reach(job.id, JobState.MERGING)
        await until(lambda: nothing_runs(hangs))
    assert await rows(job, 0) == [(AttemptState.LOST, "hangs", 0.0), (AttemptState.DONE, "works", FAST)]


async def nothing_runs(agent: PeerAgent) -> bool:
    return not agent.running


async def test_what_goes_forward_slowly_is_left_alone(house: House) -> None:
    house.settings = impatient(house.settings)
    job = await house.submit(await house.user(), segments=1)

    async def crawl(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        for frames in range(1, 11):
            await agent.progress(task, frames, 0.1)
            await asyncio.sleep(0.4)  # longer in all than a hang
        await agent.done(task, seconds=FAST)

    async with (
        house.scheduler(),
        peer_agent(await house.open_bus("agent"), house.settings, crawl, slots=2),
    ):
        await reach(job.id, JobState.MERGING)
    assert [state for state, _, _ in await rows(job, 0)] == [AttemptState.DONE]


class Race:
    """Segments 0 to 3 are quick; the first attempt at 4 crawls on the agent "slow" until it is told to stop."""

    def __init__(self) -> None:
        self.told = asyncio.Event()

    async def work(self, agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        if task.segment_index == 4 and task.attempt == 1:
            await agent.until_cancelled(task.attempt_id)
            self.told.set()
            await agent.done(task, seconds=9.0)  # too late
        else:
            await agent.done(task, seconds=FAST)


async def test_a_straggler_is_run_a_second_time_and_the_first_result_wins(house: House) -> None:
    house.settings = house.settings.model_copy(
        update={"scheduler": house.settings.scheduler.model_copy(update={"estimate_factor": 0.01})}
    )
    user, race = await house.user(max_in_flight=2), Race()
    job = await house.submit(user, segments=5)
    one, two = [await house.open_bus("agent") for _ in range(2)]
    async with (
        house.scheduler() as scheduler,
        peer_agent(one, house.settings, race.work, slots=1, name="one"),
        peer_agent(two, house.settings, race.work, slots=1, name="two"),
    ):
        merged = await reach(job.id, JobState.MERGING)
        await race.told.wait()
        await until(Attempt.filter(job_id=job.id, state=AttemptState.LATE).exists)
        assert scheduler.term.lead.board.flying("default") == 0
        assert scheduler.term.lead.board.queue("default").in_flight == 0
    (first, slow, nothing), (second, fast, charge) = await rows(job, 4)
    assert (first, nothing, second, charge) == (AttemptState.LATE, 0.0, AttemptState.DONE, FAST)
    assert {slow, fast} == {"one", "two"}, "the agent that crawls was given the second attempt"
    assert merged.gpu_seconds == sum([FAST] * 5)


async def test_nothing_is_run_twice_while_somebody_waits_or_beyond_a_cap(house: House) -> None:
    house.settings = house.settings.model_copy(
        update={"scheduler": house.settings.scheduler.model_copy(update={"estimate_factor": 0.01})}
    )
    await Tier.all().update(burst=False)
    capped, race = await house.user(max_in_flight=1), Race()
    job = await house.submit(capped, segments=5)
    bus = await house.open_bus("agent")
    async with house.scheduler(), peer_agent(bus, house.settings, race.work, slots=3):
        await until(Segment.filter(job_id=job.id, index=3, state=SegmentState.DONE).exists)
        await asyncio.sleep(2.5)  # the straggler was due two rounds ago
        assert await Attempt.filter(job_id=job.id, segment__index=4).count() == 1
