"""Live progress by server-sent events, over a real broker."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import aiohttp
import pytest

from bus.connection import Bus
from contracts import subjects
from contracts.messages import JobEvent, JobProgress
from contracts.states import JobState
from gateway.api import events
from gateway.context import Gateway
from gateway.services import progress
from storage import jobs
from storage.models import Job
from tests.conftest import OpenBus
from tests.integration.gateway.callers import Caller
from tests.integration.gateway.works import submitted_job
from tests.waiting import until


def running(job: Job, percent: float) -> JobProgress:
    return JobProgress(
        job_id=job.id,
        state=JobState.RUNNING,
        percent=percent,
        frames_done=int(percent),
        frames_total=100,
        segments_done=0,
        segments_total=2,
        queue_position=3,
        eta_seconds=9.5,
    )


async def announce(bus: Bus, job: Job, percent: float) -> None:
    await bus.announce(subjects.job_progress(job.id), running(job, percent))


async def finish(relay: Bus, job: Job) -> None:
    assert await jobs.finish_job(job.id, JobState.DONE)
    event = JobEvent(event_id=job.id, job_id=job.id, user_id=job.user_id, state=JobState.DONE)
    await relay.publish(subjects.job_event("done", job.id), event)


async def messages(answer: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    identity = ""
    async for line in answer.content:
        if line.startswith(b"id:"):
            identity = line[3:].decode().strip()
        if line.startswith(b"data:"):
            yield {"id": identity, **json.loads(line[5:])}


@pytest.fixture
async def scheduler(bus: OpenBus) -> Bus:
    return await bus("scheduler")


async def test_progress_comes_live_and_ends_with_the_job(
    caller: Caller, scheduler: Bus, bus: OpenBus
) -> None:
    job = await submitted_job(caller)
    async with caller.session.get(caller.at(f"/jobs/{job.id}/events")) as answer:
        assert answer.content_type == "text/event-stream"
        async with aclosing(messages(answer)) as stream:
            assert (await anext(stream))["state"] == "queued"
            await announce(scheduler, job, 40)
            second = await anext(stream)
            assert (second["percent"], second["queue_position"], second["eta_seconds"]) == (40, 3, 9.5)
            await finish(await bus("relay"), job)
            last = [message async for message in stream][-1]
    assert (last["id"], last["state"], last["percent"]) == ("end", "done", 100)


async def test_coming_back_after_the_end_stops_the_browser(caller: Caller) -> None:
    job = await submitted_job(caller)
    await jobs.finish_job(job.id, JobState.DONE)
    async with caller.session.get(caller.at(f"/jobs/{job.id}/events")) as answer:
        assert [message["id"] async for message in messages(answer)] == ["end"]
    headers = {"Last-Event-ID": "end"}
    async with caller.session.get(caller.at(f"/jobs/{job.id}/events"), headers=headers) as answer:
        assert answer.status == 204


async def test_an_end_whose_event_was_lost_is_found_in_the_row(
    caller: Caller, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "RECHECK_SECONDS", 0.1)
    job = await submitted_job(caller)
    async with aclosing(gateway.hub.follow(job.id)) as stream:
        assert (await anext(stream)).state is JobState.QUEUED
        await jobs.finish_job(job.id, JobState.FAILED)
        assert (await anext(stream)).state is JobState.FAILED
        assert await anext(stream, None) is None


async def test_a_slow_listener_gets_the_newest(caller: Caller, gateway: Gateway, scheduler: Bus) -> None:
    job = await submitted_job(caller)
    async with aclosing(gateway.hub.follow(job.id)) as slow, aclosing(gateway.hub.follow(job.id)) as quick:
        await anext(slow)
        await anext(quick)
        for percent in range(1, 61):
            await announce(scheduler, job, percent)
        while (await anext(quick)).percent < 60:
            pass
        assert (await anext(slow)).percent == 60


async def test_listeners_are_forgotten_when_they_go(caller: Caller, gateway: Gateway) -> None:
    job = await submitted_job(caller)
    async with caller.session.get(caller.at(f"/jobs/{job.id}/events")) as answer:
        await anext(messages(answer))
        assert job.id in gateway.hub._listeners
        answer.close()
    gateway.draining.set()
    await until(lambda: job.id not in gateway.hub._listeners)


async def test_quiet_streams_are_kept_open_by_heartbeats(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.05)
    job = await submitted_job(caller)
    async with caller.session.get(caller.at(f"/jobs/{job.id}/events")) as answer:
        async for line in answer.content:
            if line.startswith(b":"):
                break
        else:
            pytest.fail("the stream ended without a heartbeat")
