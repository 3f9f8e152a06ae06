"""One agent against real servers: a task becomes an object and an event, whatever happens on the way."""

import hashlib
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np

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
from tests.clips import frames_of, task_for
from tests.integration.gpu_agent.conftest import Agent, Scheduler, StartAgent
from tests.processes import frozen, has_ended
from tests.waiting import until

LONG = "uploads/long/source"


async def test_a_task_becomes_an_object_and_a_done_event(
    scheduler: Scheduler, start_agent: StartAgent, objects: S3Store, clip: Path, tmp_path: Path
) -> None:
    agent = await start_agent("one")
    task = task_for(clip)
    await scheduler.release(task)
    started = await scheduler.next_event()
    assert isinstance(started, SegmentStarted)
    assert (started.agent_id, started.delivery) == ("one", 1)
    done = await scheduler.next_event()
    assert isinstance(done, SegmentDone)
    assert done.key is not None and done.key.startswith(task.output_key.removesuffix(".nut"))
    data = await objects.read(done.key, limit=2**24)
    assert done.size == len(data)
    assert done.sha256 == hashlib.sha256(data).hexdigest()
    result = tmp_path / "result.nut"
    result.write_bytes(data)
    assert [pts for pts, _ in frames_of(result)] == [pts for pts, _ in frames_of(clip)]
    assert (done.frames, done.faces, done.face_frames) == (45, 45, 45)
    assert done.gpu_seconds > 0
    await until(lambda: list(agent.folder.glob("agents/agent-*/*.nut")) == [])


async def test_an_agent_registers_and_its_card_is_gone_with_it(
    start_agent: StartAgent, bus: Callable[[str], Awaitable[Bus]]
) -> None:
    bucket = (await bus("scheduler")).bucket(subjects.AGENTS_BUCKET)
    agent = await start_agent("carded", slots=2)

    async def is_there() -> bool:
        return await bucket.get("carded", AgentCard) is not None

    await until(is_there)
    card = await bucket.get("carded", AgentCard)
    assert card is not None
    assert (card.slots, card.engines, card.pid) == (2, engines.available(), agent.process.pid)
    assert await agent.stop() == 0
    assert not await is_there()
    assert list(agent.folder.glob("agents/agent-*")) == []


async def begun(scheduler: Scheduler, agent: Agent, task: SegmentTask) -> int:
    """Release the task, wait until its first frames are done, and freeze the worker there; its process id."""
    async with scheduler.bus.listen(subjects.segment_progress("*"), SegmentProgress) as heard:
        await scheduler.release(task)
        await anext(progress async for _, progress in heard if progress.frames > 0)
    (worker,) = agent.workers()
    os.kill(worker, signal.SIGSTOP)
    return worker


async def test_cancel_ends_the_work(
    scheduler: Scheduler, start_agent: StartAgent, objects: S3Store, long_clip: Path, clip: Path
) -> None:
    agent = await start_agent("cancelled")
    task = task_for(long_clip, source_key=LONG)
    worker = await begun(scheduler, agent, task)
    await scheduler.cancel(task)
    failed = await scheduler.next_event("failed", "done")
    assert isinstance(failed, SegmentFailed)
    assert (failed.failure.reason, failed.retryable, failed.agent_fault) == (Reason.CANCELLED, False, False)
    assert failed.gpu_seconds > 0
    assert has_ended(worker)
    following = task_for(clip)
    await scheduler.release(following)
    done = await scheduler.next_event("done", "failed")
    assert (type(done), done.attempt_id) == (SegmentDone, following.attempt_id)  # type: ignore[attr-defined]


async def test_what_was_released_before_a_cancellation_is_not_begun(
    scheduler: Scheduler, start_agent: StartAgent, objects: S3Store, long_clip: Path
) -> None:
    agent = await start_agent("busy")
    first = task_for(long_clip, source_key=LONG)
    second = task_for(long_clip, source_key=LONG, job_id=first.job_id)
    await begun(scheduler, agent, first)
    await scheduler.release(second)
    await scheduler.cancel(first)
    failures = [await scheduler.next_event("failed", "done") for _ in range(2)]
    assert {failure.attempt_id for failure in failures} == {first.attempt_id, second.attempt_id}  # type: ignore[attr-defined]
    assert all(isinstance(f, SegmentFailed) and f.failure.reason is Reason.CANCELLED for f in failures)


async def test_a_killed_worker_is_a_typed_failure_and_the_next_segment_works(
    scheduler: Scheduler, start_agent: StartAgent, objects: S3Store, long_clip: Path, clip: Path
) -> None:
    agent = await start_agent("wounded")
    task = task_for(long_clip, source_key=LONG)
    os.kill(await begun(scheduler, agent, task), signal.SIGKILL)
    failed = await scheduler.next_event("failed", "done")
    assert isinstance(failed, SegmentFailed)
    assert (failed.failure.reason, failed.retryable, failed.agent_fault) == (Reason.OUT_OF_MEMORY, True, True)
    await scheduler.release(task_for(clip))
    assert isinstance(await scheduler.next_event("done", "failed"), SegmentDone)


async def test_a_frozen_worker_is_given_up(
    scheduler: Scheduler, start_agent: StartAgent, objects: S3Store, long_clip: Path
) -> None:
    agent = await start_agent("frozen", stall_seconds=5)
    task = task_for(long_clip, source_key=LONG)
    await begun(scheduler, agent, task)
    failed = await scheduler.next_event("failed", "done")
    assert isinstance(failed, SegmentFailed)
    assert (failed.failure.reason, failed.retryable) == (Reason.SEGMENT_TIMEOUT, True)


async def two_agents(scheduler: Scheduler, start_agent: StartAgent, **changes: object) -> dict[str, Agent]:
    """Two agents that both wait for work, each with its worker."""
    agents = {name: await start_agent(name, **changes) for name in ("left", "right")}
    cards = scheduler.bus.bucket(subjects.AGENTS_BUCKET)

    async def are_there() -> bool:
        working = all(agent.workers() for agent in agents.values())
        return working and set(await cards.entries(AgentCard)) >= set(agents)

    await until(are_there)
    return agents


async def test_a_killed_agents_segment_is_done_by_another(
    scheduler: Scheduler, start_agent: StartAgent, objects: S3Store, clip: Path
) -> None:
    agents = await two_agents(scheduler, start_agent)
    task = task_for(clip)
    workers = {name: agent.workers() for name, agent in agents.items()}
    with frozen(*workers["left"], *workers["right"]):
        await scheduler.release(task)
        started = await scheduler.next_event("started")
        assert isinstance(started, SegmentStarted)
        await agents.pop(started.agent_id).kill()
    (other,) = agents
    await until(lambda: all(map(has_ended, workers[started.agent_id])))
    again = await scheduler.next_event("started")
    assert isinstance(again, SegmentStarted)
    assert (again.agent_id, again.delivery) == (other, 2)
    done = await scheduler.next_event("done", "failed")
    assert isinstance(done, SegmentDone)
    assert (done.attempt_id, done.agent_id, done.frames) == (task.attempt_id, other, 45)


async def test_a_stopped_agent_hands_its_segment_back(
    scheduler: Scheduler, start_agent: StartAgent, objects: S3Store, clip: Path
) -> None:
    agents = await two_agents(scheduler, start_agent, grace_seconds=0.3)
    with frozen(*(worker for agent in agents.values() for worker in agent.workers())):
        await scheduler.release(task_for(clip))
        started = await scheduler.next_event("started")
        assert isinstance(started, SegmentStarted)
        assert await agents.pop(started.agent_id).stop() == 0
        back = await scheduler.next_event("done", "failed")
    assert isinstance(back, SegmentFailed)
    assert (back.agent_id, back.failure.reason, back.retryable) == (started.agent_id, Reason.CANCELLED, True)
    assert (await scheduler.waiting()) == 0, "the task was not acknowledged: it would be done twice"


async def test_bad_input_is_named(
    scheduler: Scheduler, start_agent: StartAgent, objects: S3Store, clip: Path
) -> None:
    await start_agent("strict")
    await objects.put("uploads/noise/source", np.random.default_rng(1).bytes(50_000))
    cases = {
        Reason.OBJECT_MISSING: task_for(clip, source_key="uploads/none/source"),
        Reason.NOT_MEDIA: task_for(clip, source_key="uploads/noise/source"),
        Reason.ENGINE_MISSING: task_for(clip, engine="no-such-engine"),
    }
    for reason, task in cases.items():
        await scheduler.release(task)
        failed = await scheduler.next_event("failed", "done")
        assert isinstance(failed, SegmentFailed)
        assert failed.failure.reason is reason
    await scheduler.release(task_for(clip))
    assert isinstance(await scheduler.next_event("done", "failed"), SegmentDone)
