"""Weights, caps, pauses and blocks reach a running scheduler at once, whoever writes their rows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from tortoise.connection import get_connections

from bus.actor import Later
from contracts.messages import SegmentTask, now
from contracts.states import AttemptState, JobState
from contracts.tiers import EVERYTHING
from scheduler import tariffs
from scheduler.actor import Scheduler
from scheduler.fairqueue import Terms
from storage.models import Attempt, Job, Pause, Tier, User
from storage.orm import CONNECTION
from tests.integration.scheduler.agent import PeerAgent, peer_agent
from tests.integration.scheduler.conftest import House, reach, until


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks for changes by himself: what is seen was told."""
    monkeypatch.setattr(tariffs, "POLL_SECONDS", 3600.0)


class Gate:
    """Work that goes on until the gate is opened."""

    def __init__(self) -> None:
        self.open = asyncio.Event()

    async def work(self, agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        await self.open.wait()
        await agent.done(task)


def terms_of(scheduler: Scheduler, job: Job) -> Terms:
    return scheduler.term.lead.board.jobs[job.id].terms


@asynccontextmanager
async def led(house: House, *jobs: Job) -> AsyncIterator[Scheduler]:
    """A scheduler that knows the jobs."""
    async with house.scheduler() as scheduler:

        async def known() -> bool:
            try:
                return all(job.id in scheduler.term.lead.board.jobs for job in jobs)
            except Later:  # it does not lead yet
                return False

        await until(known)
        yield scheduler


async def told_of(change: Awaitable[object], seen: Callable[[], object]) -> None:
    """Make the change, and wait until the scheduler has seen it."""

    async def check() -> object:
        return seen()

    await change
    await until(check)


async def test_a_change_of_cap_lets_work_start(house: House) -> None:
    user = await house.user("pro", max_in_flight=0)
    await Tier.filter(name="pro").update(burst=False)
    job = await house.submit(user, segments=2)
    late = await house.submit(await house.user(), planned=False, key="nowhere")
    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings):
        await reach(late.id, JobState.FAILED)
        assert (await Job.get(id=job.id)).state is JobState.WAITING
        await User.filter(id=user.id).update(max_in_flight=1)
        await reach(job.id, JobState.MERGING)


async def test_tiers_and_users_own_terms_are_followed(house: House) -> None:
    user = await house.user("pro")
    job = await house.submit(user)
    async with led(house, job) as scheduler:
        assert terms_of(scheduler, job) == Terms(2, 4, True)
        own = User.filter(id=user.id)
        await told_of(
            Tier.filter(name="pro").update(weight=5, max_in_flight=9, burst=False),
            lambda: terms_of(scheduler, job) == Terms(5, 9, False),
        )
        await told_of(own.update(weight=7.5), lambda: terms_of(scheduler, job) == Terms(7.5, 9, False))
        await told_of(own.update(burst=True), lambda: terms_of(scheduler, job) == Terms(7.5, 9, True))
        await told_of(
            own.update(tier_id="business"), lambda: terms_of(scheduler, job) == Terms(7.5, 16, True)
        )
        await told_of(own.update(weight=None), lambda: terms_of(scheduler, job) == Terms(4, 16, True))


async def test_a_user_of_a_tier_that_was_just_made_has_its_terms(house: House) -> None:
    job = await house.submit(user := await house.user("free"))
    async with led(house, job) as scheduler:
        made = Tier(**{**dict(await Tier.get(name="free")), "name": "trial", "weight": 0.5})
        await made.save(force_create=True)
        await told_of(
            User.filter(id=user.id).update(tier_id="trial"), lambda: terms_of(scheduler, job).weight == 0.5
        )


@pytest.mark.parametrize("scope", ["pro", EVERYTHING])
async def test_a_pause_lets_running_segments_end_and_starts_none(house: House, scope: str) -> None:
    job = await house.submit(await house.user("pro"), segments=4)
    gate = Gate()
    agents = peer_agent(await house.open_bus("agent"), house.settings, gate.work, slots=2)
    async with house.scheduler() as scheduler, agents:
        await until(lambda: _count(job, AttemptState.RUNNING, 2))
        await told_of(Pause.create(scope=scope), lambda: terms_of(scheduler, job).cap == 0)
        gate.open.set()
        await until(lambda: _count(job, AttemptState.DONE, 2))
        assert await Attempt.filter(job_id=job.id).count() == 2
        await Pause.filter(scope=scope).delete()
        await reach(job.id, JobState.MERGING)


async def test_a_pause_holds_for_its_tier_only_and_outlives_the_scheduler(house: House) -> None:
    paused, free = await house.submit(await house.user("pro")), await house.submit(await house.user("free"))
    await Pause.create(scope="pro")
    async with peer_agent(await house.open_bus("agent"), house.settings):
        for _ in range(2):
            async with led(house, paused) as scheduler:
                await reach(free.id, JobState.MERGING)
                assert terms_of(scheduler, paused) == Terms(2, 0, False)
        assert not await Attempt.filter(job_id=paused.id).exists()
        async with led(house, paused):
            await Pause.all().delete()
            await reach(paused.id, JobState.MERGING)


async def test_nothing_of_a_blocked_user_is_started(house: House) -> None:
    user = await house.user("pro")
    job = await house.submit(user)
    async with led(house, job) as scheduler:
        await told_of(
            User.filter(id=user.id).update(blocked_at=now()), lambda: terms_of(scheduler, job).cap == 0
        )
        await told_of(
            User.filter(id=user.id).update(blocked_at=None), lambda: terms_of(scheduler, job).cap == 4
        )


async def test_a_change_nobody_told_of_is_found_by_looking(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tariffs, "POLL_SECONDS", 0.2)
    job = await house.submit(user := await house.user("pro"))
    async with led(house, job) as scheduler:
        await (
            get_connections()
            .get(CONNECTION)
            .execute_script(
                "SET session_replication_role = replica;"  # the row's triggers stay silent
                f"UPDATE users SET weight = 3 WHERE id = '{user.id}'; RESET session_replication_role;"
            )
        )

        async def seen() -> bool:
            return terms_of(scheduler, job).weight == 3

        await until(seen)


async def _count(job: Job, state: AttemptState, least: int) -> bool:
    return await Attempt.filter(job_id=job.id, state=state).count() >= least
