"""What a job would cost and when it would be there, before it is submitted."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from bus.connection import Bus
from contracts.engines import PASTE
from contracts.messages import SegmentTask
from contracts.quotes import Quote
from contracts.states import JobState, UploadState
from gateway.services.quotes import quote_of
from storage.models import Job, Upload, User
from tests.integration.scheduler.agent import PeerAgent, Work, peer_agent
from tests.integration.scheduler.conftest import House, reach, until


def works_on(job: UUID, go_on: asyncio.Event) -> Work:
    """Each segment of one job costs two seconds; those of others are held until the event."""

    async def work(agent: PeerAgent, task: SegmentTask) -> None:
        await agent.started(task)
        if task.job_id != job:
            await go_on.wait()
        await agent.done(task, seconds=2.0)

    return work


async def asking(house: House, user: User, upload: UUID) -> Callable[[], Awaitable[Quote | None]]:
    bus: Bus = await house.open_bus("gateway")
    return lambda: quote_of(bus, house.settings.agent.pool, user.id, upload, PASTE)


async def quoted(
    ask: Callable[[], Awaitable[Quote | None]], holds: Callable[[Quote], bool] = lambda quote: True
) -> Quote:
    """The first quote that is as wanted."""
    quotes: list[Quote] = []

    async def asked() -> bool:
        quote = await ask()
        quotes.extend([] if quote is None else [quote])
        return quote is not None and holds(quote)

    await until(asked)
    return quotes[-1]


async def test_a_job_is_quoted_by_what_is_known_and_by_what_waits(house: House, clip: Path) -> None:
    user, other = await house.user(), await house.user()
    measured = await house.submit_clip(user, clip)
    go_on = asyncio.Event()
    work = works_on(measured.id, go_on)
    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings, work):
        done = await reach(measured.id, JobState.MERGING)
        ask = await asking(house, user, measured.upload_id)
        quote = await quoted(
            ask, lambda quote: quote.starts_seconds == 0.0
        )  # both slots are known to be free
        assert quote.eta_seconds is not None
        assert (quote.segments, quote.queue_position) == (3, 0)
        assert quote.measured == done.segments_total
        assert quote.gpu_seconds == pytest.approx(done.gpu_seconds, rel=0.4)
        each = quote.gpu_seconds / 3
        assert 2 * each <= quote.eta_seconds < 3 * each, "two slots, three segments"
        await house.submit(other, segments=20)
        await quoted(ask, lambda quote: (quote.starts_seconds or 0.0) > 0.0)  # both slots are held
        go_on.set()
        assert await Job.all().count() == 2


async def test_nothing_is_quoted_of_what_is_not_there_or_not_ready(house: House) -> None:
    user, stranger = await house.user(), await house.user()
    job = await house.submit(user, segments=2)
    async with house.scheduler(), peer_agent(await house.open_bus("agent"), house.settings):
        await reach(job.id, JobState.MERGING)
        await quoted(await asking(house, user, job.upload_id))
        assert await (await asking(house, stranger, job.upload_id))() is None
        assert await (await asking(house, user, uuid4()))() is None
        await Upload.filter(id=job.upload_id).update(state=UploadState.PROBING)
        assert await (await asking(house, user, job.upload_id))() is None


async def test_without_agents_the_cost_is_known_and_the_end_is_not(house: House) -> None:
    user = await house.user()
    job = await house.submit(user, segments=3)
    async with house.scheduler():
        ask = await asking(house, user, job.upload_id)
        quote = await quoted(ask)
    assert (quote.gpu_seconds, quote.measured, quote.segments) == (30.0, 0, 3)
    assert quote.eta_seconds is None and quote.queue_position is None
