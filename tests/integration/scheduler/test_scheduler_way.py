"""A job's way through the scheduler, with an agent that speaks the real subjects."""

from collections import Counter
from pathlib import Path

from contracts.errors import Reason
from contracts.messages import JobProgress, MergeTask, SegmentTask
from contracts.states import AttemptState, JobState, SegmentState
from contracts.subjects import job_progress, merge_task
from storage.models import Attempt, OutboxMessage, Segment, Tier
from tests.integration.scheduler.agent import PeerAgent, done_of, peer_agent
from tests.integration.scheduler.conftest import House, reach, until


async def merge_tasks(job_id: object) -> list[OutboxMessage]:
    return await OutboxMessage.filter(subject=f"merges.{job_id}")


async def test_a_planned_job_is_run_and_goes_to_the_merger(house: House) -> None:
    job = await house.submit(await house.user(), segments=5)
    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings) as agent:
        ended = await reach(job.id, JobState.MERGING)
    assert (ended.segments_done, ended.frames, ended.face_frames) == (5, 750, 750)
    assert ended.started_at is not None and not ended.no_face_found
    assert sorted(task.segment_index for task in agent.tasks) == [0, 1, 2, 3, 4]
    assert {task.attempt for task in agent.tasks} == {1}
    assert await Segment.filter(job_id=job.id, state=SegmentState.DONE).count() == 5
    [message] = await merge_tasks(job.id)
    assert MergeTask.model_validate_json(message.payload).job_id == job.id
    assert message.subject == merge_task(job.id)


async def test_no_more_is_released_than_there_are_slots(house: House) -> None:
    user = await house.user("business")
    job = await house.submit(user, segments=12)
    waiting: list[SegmentTask] = []
    open_at_once: list[int] = []

    async def work(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        waiting.append(task)
        states = [AttemptState.RELEASED, AttemptState.RUNNING]
        open_at_once.append(await Attempt.filter(job_id=job.id, state__in=states).count())
        await agent.done(task)

    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings, work, slots=3):
        await reach(job.id, JobState.MERGING)
    assert max(open_at_once) == 3


async def test_a_cap_holds_though_slots_are_free(house: House) -> None:
    user = await house.user("free", max_in_flight=1)
    await Tier.filter(name="free").update(burst=False)
    job = await house.submit(user, segments=4)
    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings, slots=4) as agent:
        await reach(job.id, JobState.MERGING)
    assert agent.most_running == 1


async def test_a_failed_segment_is_tried_again_and_charged(house: House) -> None:
    job = await house.submit(await house.user(), segments=2)

    async def work(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        if task.segment_index == 1 and task.attempt < 3:
            await agent.failed(task, seconds=0.5)
        else:
            await agent.done(task)

    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings, work):
        await reach(job.id, JobState.MERGING)
    attempts = await Attempt.filter(job_id=job.id).order_by("number")
    assert Counter(a.state for a in attempts) == {AttemptState.DONE: 2, AttemptState.FAILED: 2}
    assert [a.charged_seconds for a in attempts if a.state is AttemptState.FAILED] == [0.5, 0.5]


async def test_three_failures_end_the_job_with_the_reason_and_keep_what_is_done(house: House) -> None:
    job = await house.submit(await house.user(), segments=4)

    async def work(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        if task.segment_index == 1:
            await agent.failed(task, Reason.DECODE_FAILED)
        else:
            await agent.done(task)

    async with (
        house.scheduler(),
        peer_agent(await house.open_bus("agent"), house.settings, work, slots=1) as agent,
    ):
        failed = await reach(job.id, JobState.FAILED)
        assert failed.failure is not None and failed.failure["reason"] == "decode-failed"
        states = await Segment.filter(job_id=job.id).order_by("index").values_list("state", flat=True)
        assert list(states)[:2] == [SegmentState.DONE, SegmentState.FAILED]
        assert sum(task.segment_index == 1 for task in agent.tasks) == 3


async def test_what_cannot_be_retried_fails_at_once(house: House) -> None:
    job = await house.submit(await house.user(), segments=1)

    async def work(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.failed(task, Reason.ENGINE_MISSING, retryable=False)

    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings, work) as agent:
        await reach(job.id, JobState.FAILED)
    assert len(agent.tasks) == 1


async def test_reports_may_come_twice_and_late(house: House) -> None:
    job = await house.submit(await house.user(), segments=2)

    async def work(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        if task.attempt == 1 and task.segment_index == 0:
            await agent.failed(task, Reason.AGENT_LOST, agent_fault=True)
            return
        if task.segment_index == 0:
            first = next(t for t in agent.tasks if t.segment_index == 0 and t.attempt == 1)
            await house.store.put(task.output_key, b"late")
            await agent.done(first)  # the lost attempt's result comes after all, and first
            await until(lambda: Segment.filter(job_id=job.id, index=0, state=SegmentState.DONE).exists())
        await agent.done(task)
        await agent.done(task)

    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings, work):
        merged = await reach(job.id, JobState.MERGING)
        await until(lambda: Attempt.filter(job_id=job.id, state=AttemptState.LATE).exists())
        late = await Attempt.get(job_id=job.id, state=AttemptState.LATE)
        won = await Attempt.get(job_id=job.id, number=1, segment__index=0)
        assert (won.state, late.number, late.charged_seconds) == (AttemptState.DONE, 2, 0.0)
        key = f"jobs/{job.id}/segments/0-{late.id}.nut"
        await until(lambda: _is_gone(house, key))
    assert (merged.segments_done, merged.frames) == (2, 300)
    assert len(await merge_tasks(job.id)) == 1


async def _is_gone(house: House, key: str) -> bool:
    return not [info async for info in house.store.list(key)]


async def test_no_face_in_the_whole_video_is_flagged(house: House) -> None:
    job = await house.submit(await house.user(), segments=2)

    async def work(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.done(task, faces=0)

    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings, work):
        assert (await reach(job.id, JobState.MERGING)).no_face_found


async def test_users_see_progress_position_and_time_left(house: House) -> None:
    first, second = await house.user(), await house.user()
    one, two = await house.submit(first, segments=2), await house.submit(second, segments=2)
    seen: dict[object, list[JobProgress]] = {one.id: [], two.id: []}
    release: list[SegmentTask] = []

    async def work(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        await agent.progress(task, 75, 0.2)
        release.append(task)

        async def told() -> bool:
            pictures = [picture for pictures in seen.values() for picture in pictures]
            return any(p.frames_done % 150 == 75 for p in pictures) and any(
                p.queue_position for p in pictures
            )

        await until(told)
        await agent.done(task)

    gateway = await house.open_bus("gateway")
    async with (
        gateway.listen(job_progress("*"), JobProgress) as stream,
        house.scheduler(),
        peer_agent(await house.open_bus("agent"), house.settings, work, slots=1),
    ):
        async for _, picture in stream:
            seen[picture.job_id].append(picture)
            if {pictures[-1].state for pictures in seen.values() if pictures} == {JobState.MERGING} and all(
                seen.values()
            ):
                break
    for pictures in seen.values():
        percents = [picture.percent for picture in pictures]
        assert percents == sorted(percents) and percents[-1] == 95.0
        assert any(picture.eta_seconds for picture in pictures)
        assert pictures[-1].segments_done == pictures[-1].segments_total == 2


async def test_a_report_about_an_unknown_attempt_is_settled(house: House) -> None:
    job = await house.submit(await house.user(), segments=1)

    async def work(agent: PeerAgent, task: SegmentTask) -> None:
        stranger = task.model_copy(update={"attempt_id": job.user_id})
        await agent.tell(done_of(stranger, "peer"))
        await agent.done(task)

    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings, work):
        merged = await reach(job.id, JobState.MERGING)
    assert merged.segments_done == 1


async def test_a_submitted_job_is_planned_from_its_video(house: House, clip: Path) -> None:
    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings) as agent:
        job = await house.submit_clip(await house.user(), clip)
        merged = await reach(job.id, JobState.MERGING)
    assert merged.frames == merged.frames_total == 360
    assert len(agent.tasks) == merged.segments_total >= 2
    tasks = sorted(agent.tasks, key=lambda task: task.segment_index)
    assert [task.range.end_pts for task in tasks[:-1]] == [task.range.start_pts for task in tasks[1:]]
    assert {task.encode.encoder for task in tasks} == {"libx264"}
    assert {task.source_size for task in tasks} == {clip.stat().st_size}
