"""Forecasts of the running service, heard as the gateway hears them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from time import time
from typing import Any

from benchmarks.foresight.score import Life, Told, score
from benchmarks.load.scenarios import warm_up
from benchmarks.load.story import Order, Story
from benchmarks.load.visage_target import VisageTarget, visage_target
from benchmarks.simulation.measures import percentile
from bus.connection import Bus
from contracts.messages import JobProgress
from contracts.subjects import job_progress

_USERS = ("free-a", "free-b", "free-c", "pro-a", "pro-b", "business-a")


async def real(folder: Path, slots: int, segments: int, seconds: float) -> dict[str, Any]:
    """Users of every tier submit two jobs each within some seconds; costs spread three times either way."""
    async with visage_target(folder) as target, _heard(target) as told:
        await warm_up(target, seconds / 3, seconds * 3, slots)
        orders = [Order(user, segments, seconds / 3, seconds * 3) for user in _USERS * 2]
        await target.prepare(orders)
        random, quoted = Random(0), dict[str, tuple[float, float | None]]()
        async with target.slots(slots):
            for order in orders:
                await asyncio.sleep(random.uniform(0.0, 2.0 * seconds))
                asked, quote = time(), await target.quote(order)
                quoted[await target.submit(order)] = asked, quote
            story = await target.story(list(quoted))
        lives = _lives(story, told)
    return {"quote": _quotes(quoted, lives), **score(lives.values())}


@asynccontextmanager
async def _heard(target: VisageTarget) -> AsyncIterator[dict[str, list[Told]]]:
    told: dict[str, list[Told]] = {}
    bus = await Bus.connect(target.settings.nats, "gateway")

    async def listen() -> None:
        async with bus.listen(job_progress("*"), JobProgress) as stream:
            async for _, progress in stream:
                seen = Told(time(), progress.eta_seconds, progress.queue_position)
                told.setdefault(str(progress.job_id), []).append(seen)

    listening = asyncio.create_task(listen())
    try:
        yield told
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await bus.close()


def _lives(story: Story, told: dict[str, list[Told]]) -> dict[str, Life]:
    lives = {job.job: Life(job.submitted, job.over, told=told.get(job.job, [])) for job in story.jobs}
    for held in story.held:
        lives[held.job].starts.append(held.start)
    return lives


def _quotes(quoted: dict[str, tuple[float, float | None]], lives: dict[str, Life]) -> dict[str, float]:
    """Of what was told before the submission."""
    errors = [
        (left - (lives[job].over - asked)) / (lives[job].over - asked)
        for job, (asked, left) in quoted.items()
        if left is not None
    ]
    sizes = [abs(error) for error in errors]
    return {
        "jobs": len(errors),
        "eta_median": round(percentile(errors, 50), 3),
        "eta_off_median": round(percentile(sizes, 50), 3),
        "eta_off_p90": round(percentile(sizes, 90), 3),
    }
