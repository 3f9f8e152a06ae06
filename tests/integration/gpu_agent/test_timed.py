"""An agent that spends declared times: for tests and load."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import accumulate
from pathlib import Path

import pytest

from bus.connection import Bus
from contracts import subjects
from contracts.errors import Reason
from contracts.messages import (
    AgentCard,
    SegmentDone,
    SegmentFailed,
    SegmentProgress,
    SegmentStarted,
    SegmentTask,
)
from gpu_agent import engines
from storage.s3 import S3Store
from tests.clips import task_for
from tests.integration.gpu_agent.conftest import Scheduler, StartAgent


def timed_task(clip: Path, engine: str, **changes: object) -> SegmentTask:
    """A task about objects that are not there: it needs none."""
    task = task_for(clip, source_key="uploads/nothing", engine=engine, **changes)
    return task.model_copy(update={"range": task.range.model_copy(update={"frames": 45})})


async def test_hundreds_of_slots_need_no_process_and_store_nothing(
    scheduler: Scheduler, start_agent: StartAgent, store: S3Store, clip: Path
) -> None:
    tasks = [timed_task(clip, "timed:1") for _ in range(150)]
    for task in tasks:
        await scheduler.release(task)
    agent = await start_agent("crowd", timed=True, slots=200)
    told = [await scheduler.next_event("started", "done", "failed") for _ in range(2 * len(tasks))]
    open_after = accumulate(1 if report.what == "started" else -1 for report in told)
    assert max(open_after) > 20, "they were not worked on at the same time"
    done = [report for report in told if report.what != "started"]
    assert {report.attempt_id for report in done} == {task.attempt_id for task in tasks}  # type: ignore[attr-defined]
    for report in done:
        assert isinstance(report, SegmentDone)
        assert (report.key, report.size, report.sha256) == (None, None, None)
        assert (report.frames, report.faces, report.face_frames) == (45, 0, 0)
        assert report.gpu_seconds >= 1
    assert agent.workers() == []
    assert [item async for item in store.list("")] == []


async def test_a_real_segment_starts_one_worker_of_many_slots(
    scheduler: Scheduler,
    start_agent: StartAgent,
    objects: S3Store,
    clip: Path,
    bus: Callable[[str], Awaitable[Bus]],
) -> None:
    agent = await start_agent("mixed", timed=True, slots=50, engine="timed:1")
    task = task_for(clip)
    await scheduler.release(task)
    done = await scheduler.next_event("done", "failed")
    assert isinstance(done, SegmentDone) and done.key is not None and done.size
    assert len(agent.workers()) == 1
    card = await (await bus("scheduler")).bucket(subjects.AGENTS_BUCKET).get("mixed", AgentCard)
    assert card is not None and card.engines == [*engines.available(), "timed"]


async def test_it_tells_how_far_it_is_and_is_cancelled(
    scheduler: Scheduler, start_agent: StartAgent, clip: Path
) -> None:
    await start_agent("slow", timed=True)
    task = timed_task(clip, "timed:50-60")
    async with scheduler.bus.listen(subjects.segment_progress("*"), SegmentProgress) as heard:
        await scheduler.release(task)
        await anext(progress async for _, progress in heard if progress.frames > 0)
    await scheduler.cancel(task)
    failed = await scheduler.next_event("failed", "done")
    assert isinstance(failed, SegmentFailed)
    assert (failed.failure.reason, failed.agent_fault) == (Reason.CANCELLED, False)


async def test_a_time_beyond_the_tasks_own_is_given_up(
    scheduler: Scheduler, start_agent: StartAgent, clip: Path
) -> None:
    await start_agent("late", timed=True)
    await scheduler.release(timed_task(clip, "timed:30", timeout_seconds=0.5))
    failed = await scheduler.next_event("failed", "done")
    assert isinstance(failed, SegmentFailed) and failed.failure.reason is Reason.SEGMENT_TIMEOUT


async def test_an_agent_that_does_not_offer_it_says_so(
    scheduler: Scheduler, start_agent: StartAgent, clip: Path
) -> None:
    await start_agent("plain")
    await scheduler.release(timed_task(clip, "timed:0"))
    failed = await scheduler.next_event("failed", "done")
    assert isinstance(failed, SegmentFailed) and failed.failure.reason is Reason.ENGINE_MISSING


async def test_a_second_attempt_is_offered_to_others_before_the_agent_that_crawls_takes_it(
    scheduler: Scheduler, start_agent: StartAgent, clip: Path
) -> None:
    await start_agent("crawls", timed=True, slots=2)
    await scheduler.release(timed_task(clip, "timed:0", avoid_agent="crawls"))
    started = await scheduler.next_event("started")
    assert isinstance(started, SegmentStarted)
    assert started.delivery >= 3, "it was not handed back"


async def test_what_comes_for_the_fourth_time_waits_for_the_verdict_and_may_be_dropped_meanwhile(
    scheduler: Scheduler, start_agent: StartAgent, clip: Path
) -> None:
    agents = [await start_agent(f"agent-{n}", timed=True, grace_seconds=0.0) for n in range(4)]
    task = timed_task(clip, "timed:60")
    await scheduler.release(task)
    for delivery in range(1, 4):
        started = await scheduler.next_event("started")
        assert isinstance(started, SegmentStarted) and started.delivery == delivery
        await agents[int(started.agent_id[-1])].kill()
    async with scheduler.bus.listen(subjects.segment_progress("*"), SegmentProgress) as heard:
        suspect = await scheduler.next_event("started")
        assert isinstance(suspect, SegmentStarted) and suspect.delivery == 4
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.5):
                await anext(aiter(heard))
    await scheduler.drop(task)
    failed = await scheduler.next_event("failed")
    assert isinstance(failed, SegmentFailed)
    assert (failed.failure.reason, failed.agent_id) == (Reason.CANCELLED, suspect.agent_id)
    assert failed.gpu_seconds < 60.0, "it was worked on"
