"""Cancel, retry, restarts and losses."""

import asyncio
import contextlib
import time
from pathlib import Path
from uuid import uuid4

import pytest
from tortoise.connection import get_connections

from contracts.errors import Reason, UnavailableError
from contracts.messages import SegmentTask
from contracts.states import AttemptState, JobState, SegmentState
from contracts.subjects import LEASES_BUCKET
from scheduler.actor import LEASE, Scheduler
from scheduler.patrol import TICK_SECONDS, Patrol
from storage.database import guard
from storage.dispatch import Release, release
from storage.fence import Deposed
from storage.jobs import request_cancel, request_retry
from storage.lifecycle import finish_job
from storage.models import Attempt, Fence, Job, OutboxMessage, Segment, Tier
from storage.orm import CONNECTION
from storage.outcomes import merge_again, settling, settling_job
from storage.second import release_second
from tests.integration.scheduler.agent import PeerAgent, do_well, peer_agent
from tests.integration.scheduler.conftest import House, reach, until


async def hold(agent: PeerAgent, task: SegmentTask) -> None:
    """Start, and go on until the job is cancelled."""
    await agent.started(task)
    await agent.until_cancelled(task.job_id)
    await agent.failed(task, Reason.CANCELLED, retryable=False, seconds=0.25)


async def never(agent: PeerAgent, task: SegmentTask) -> None:
    await asyncio.Event().wait()


def running(job: Job, count: int) -> object:
    async def check() -> bool:
        return await Attempt.filter(job_id=job.id, state=AttemptState.RUNNING).count() == count

    return check


async def test_cancel_stops_what_runs_drops_what_waits_and_charges_the_work_done(
    house: House, clip: Path
) -> None:
    user = await house.user()
    job = await house.submit(user, segments=6)
    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings, hold) as agent:
        await until(running(job, 2))
        await request_cancel(user.id, job.id)
        await reach(job.id, JobState.CANCELLED)
        attempts = await Attempt.filter(job_id=job.id)
        assert {a.state for a in attempts} == {AttemptState.CANCELLED}
        assert [a.charged_seconds for a in attempts] == [0.25, 0.25]
        assert await Segment.filter(job_id=job.id).exclude(state=SegmentState.CANCELLED).count() == 0
        other = await house.submit_clip(user, clip)
        agent._work = do_well
        await reach(other.id, JobState.MERGING)  # the slots are free again


async def test_a_job_whose_last_attempt_ends_before_the_command_comes_leaves_nothing_waiting(
    house: House,
) -> None:
    user, cancelled = await house.user(), asyncio.Event()
    job = await house.submit(user, segments=6)

    async def stop(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        await cancelled.wait()
        await agent.failed(task, Reason.CANCELLED, retryable=False, seconds=0.25)

    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings, stop):
        await until(running(job, 2))
        await Job.filter(id=job.id).update(state=JobState.CANCELLING)  # as the gateway, whose command is late
        cancelled.set()
        await reach(job.id, JobState.CANCELLED)
        assert await Segment.filter(job_id=job.id).exclude(state=SegmentState.CANCELLED).count() == 0


async def test_cancel_needs_no_agent_and_no_plan(house: House) -> None:
    user = await house.user()
    waiting = await house.submit(user, segments=2)
    queued = await house.submit(user, planned=False, key="nowhere")
    for job in (waiting, queued):
        await request_cancel(user.id, job.id)
    async with house.scheduler():
        for job in (waiting, queued):
            await reach(job.id, JobState.CANCELLED)


async def test_cancel_does_not_wait_for_an_agent_that_does_not_stop(house: House) -> None:
    user = await house.user()
    job = await house.submit(user, segments=1)

    async def deaf(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        await never(agent, task)

    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings, deaf):
        await until(running(job, 1))
        await request_cancel(user.id, job.id)
        await reach(job.id, JobState.CANCELLED)


async def test_a_retry_runs_only_what_is_missing(house: House) -> None:
    user = await house.user()
    job = await house.submit(user, segments=4)
    healed = asyncio.Event()

    async def work(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        if task.segment_index == 2 and not healed.is_set():
            await agent.failed(task, retryable=False)
        else:
            await agent.done(task)

    async with (
        house.scheduler(),
        peer_agent(await house.open_bus("agent"), house.settings, work, slots=1) as agent,
    ):
        await reach(job.id, JobState.FAILED)
        healed.set()
        await request_retry(user.id, job.id)
        merged = await reach(job.id, JobState.MERGING)
    assert [task.segment_index for task in agent.tasks] == [0, 1, 2, 2, 3]
    assert (merged.segments_done, merged.frames) == (4, 600)


async def test_a_retry_after_a_failed_merge_only_merges(house: House) -> None:
    user = await house.user()
    job = await house.submit(user, segments=1)
    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings) as agent:
        await reach(job.id, JobState.MERGING)
        await finish_job(job.id, JobState.FAILED)
        await request_retry(user.id, job.id)
        await reach(job.id, JobState.MERGING)
        assert len(agent.tasks) == 1
        assert await OutboxMessage.filter(subject=f"merges.{job.id}").count() == 2


async def test_a_restarted_scheduler_goes_on_where_the_rows_say(house: House) -> None:
    job = await house.submit(await house.user(), segments=6)
    go_on = asyncio.Event()

    async def work(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        if task.segment_index >= 2:
            await go_on.wait()
        await agent.done(task)

    async with peer_agent(await house.open_bus("agent"), house.settings, work) as agent:
        async with house.scheduler():
            await until(lambda: Segment.filter(job_id=job.id, state=SegmentState.DONE).count())
            await until(running(job, 2))
        go_on.set()  # these two end while nobody leads
        async with house.scheduler():
            merged = await reach(job.id, JobState.MERGING)
    assert (merged.segments_done, merged.frames) == (6, 900)
    assert sorted(task.segment_index for task in agent.tasks) == [0, 1, 2, 3, 4, 5]
    assert await Attempt.filter(job_id=job.id).count() == 6


async def test_a_stand_by_takes_over_and_the_deposed_releases_nothing(house: House) -> None:
    job = await house.submit(await house.user(), segments=8)

    async def work(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        await asyncio.sleep(0.1)
        await agent.done(task)

    async with (
        house.scheduler() as first,
        house.scheduler() as second,
        peer_agent(await house.open_bus("agent"), house.settings, work, slots=1) as agent,
    ):
        await until(running(job, 1))
        assert (first._term is None) != (second._term is None)
        fence = (await Fence.get(name="scheduler")).token
        bucket = (await house.open_bus("scheduler")).bucket(LEASES_BUCKET)
        await bucket.delete(LEASE)  # what the broker does when a leader falls silent
        await until(lambda: Fence.filter(name="scheduler", token__gt=fence).exists())
        with pytest.raises(Deposed):
            await release(fence, [])
        for settlement in (settling([], fence), settling_job(job.id, fence)):
            with pytest.raises(Deposed):
                async with settlement:
                    raise AssertionError("the deposed may settle")
        assert await release_second(await newest_fence(), Release(uuid4(), job.id, 99)) is None
        with pytest.raises(Deposed):
            await release_second(fence, Release(uuid4(), job.id, 0))
        await reach(job.id, JobState.MERGING)
    assert len(agent.tasks) == 8


async def newest_fence() -> int:
    return (await Fence.get(name="scheduler")).token


async def test_a_leader_that_stood_still_gives_nothing_up_for_what_it_did_not_hear(house: House) -> None:
    user = await house.user()
    job = await house.submit(user, segments=1)
    async with (
        house.scheduler() as scheduler,
        peer_agent(await house.open_bus("agent"), house.settings, hold, slots=2),
    ):
        await until(running(job, 1))
        patrol, long_ago = scheduler.term._patrol, time.monotonic() - 1000
        (flight,) = scheduler.term.lead.board.flights.values()
        flight.heard_at = flight.moved_at = patrol._looked = long_ago
        await until(lambda: looked_since(patrol, time.monotonic()))
        assert await Attempt.filter(job_id=job.id).values_list("state", flat=True) == [AttemptState.RUNNING]
        await request_cancel(user.id, job.id)
        await reach(job.id, JobState.CANCELLED)


async def looked_since(patrol: Patrol, moment: float) -> bool:
    await asyncio.sleep(TICK_SECONDS)
    return patrol._looked >= moment


async def test_an_attempt_whose_task_vanished_is_run_again_uncharged(house: House) -> None:
    job = await house.submit(await house.user(), segments=1)
    async with house.scheduler():
        async with peer_agent(await house.open_bus("agent"), house.settings, never, slots=1, name="dies"):
            await until(lambda: Attempt.filter(job_id=job.id).exists())
        provision = await house.open_bus("provision")
        await provision.js.purge_stream("SEGMENTS")  # the stream was lost, and the agent with it
        async with peer_agent(await house.open_bus("agent"), house.settings, name="new"):
            await reach(job.id, JobState.MERGING)
    states = await Attempt.filter(job_id=job.id).order_by("number").values_list("state", "charged_seconds")
    assert states == [(AttemptState.LOST, 0.0), (AttemptState.DONE, 0.1)]


async def test_slots_of_an_agent_that_is_gone_are_not_filled(house: House, clip: Path) -> None:
    job = await house.submit(await house.user(), segments=3)
    bus = await house.open_bus("agent")
    async with house.scheduler() as scheduler:
        async with peer_agent(bus, house.settings, slots=2, name="leaves"):
            await reach(job.id, JobState.MERGING)
        await until(lambda: has_no_slots(scheduler))
        other = await house.submit_clip(await house.user(), clip)
        await reach(other.id, JobState.WAITING)
        late = await house.submit(await house.user(), planned=False, key="nowhere")
        await reach(late.id, JobState.FAILED)  # there was time enough
        assert await Attempt.filter(job_id=other.id).count() == 0


async def has_no_slots(scheduler: Scheduler) -> bool:
    return scheduler.term.lead.agents.slots("default") == 0


async def test_what_cannot_be_planned_fails_with_its_reason(house: House) -> None:
    user = await house.user()
    await house.store.put("not-media", b"nothing of the kind" * 100)
    await Tier.filter(name="pro").update(max_seconds=8)
    job = await house.submit(user, segments=1, planned=False, key="not-media")
    too_long = await house.submit(user, segments=2, planned=False, key="not-media")
    async with house.scheduler():
        failed = await reach(job.id, JobState.FAILED)
        limited = await reach(too_long.id, JobState.FAILED)
    assert failed.failure is not None and failed.failure["reason"] == Reason.NOT_MEDIA
    assert limited.failure is not None and limited.failure["reason"] == Reason.DURATION_LIMIT


async def test_a_merge_task_is_added_again_once_a_leader(house: House) -> None:
    job = await house.submit(await house.user(), segments=1)
    for fence in (7, 7, 8):
        await merge_again(job.id, fence)
    assert await OutboxMessage.filter(subject=f"merges.{job.id}").count() == 2


async def test_lost_database_connections_cost_a_moment_and_nothing_else(house: House) -> None:
    job = await house.submit(await house.user(), segments=12)
    cut = asyncio.Event()

    async def work(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        if task.segment_index >= 4:
            await cut.wait()
        await agent.done(task)

    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings, work):
        await until(lambda: Segment.filter(job_id=job.id, state=SegmentState.DONE).count())
        await _cut_connections()
        cut.set()
        merged = await reach(job.id, JobState.MERGING)
    assert (merged.segments_done, merged.frames) == (12, 1800)
    assert await OutboxMessage.filter(subject=f"merges.{job.id}").count() == 1


async def _cut_connections() -> None:
    """End every connection to the database, this one too."""
    with contextlib.suppress(UnavailableError):
        async with guard():
            await (
                get_connections()
                .get(CONNECTION)
                .execute_query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND usename = current_user"
                )
            )
