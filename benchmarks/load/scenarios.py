"""The scenarios, the same for every target."""

import asyncio
from dataclasses import dataclass

from benchmarks.load import measures
from benchmarks.load.meter import spent
from benchmarks.load.story import Order, Story
from benchmarks.load.target import ScenarioError, Target

WEIGHTS = {"free-a": 1.0, "pro-a": 2.0, "business-a": 4.0}
FLOOD = "free-flood"
NEWCOMERS = ("free-new", "pro-new", "business-new")
_WARM_UP = 64  # segments after which a cost never seen before is known


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the scenarios are.

    Attributes:
        slots: Slots of the fair scenarios; `noop_slots` of the no-op ones.
        seconds: What a segment of the fair scenarios costs.
        unit: Segments of the free user where all are backlogged; pro has twice, business four times as many.
        floods: Segments of the flooding user, small and large.
        rounds: Jobs of each newcomer during the large flood; during the small one in proportion, at least two.
        visit: Segments of a newcomer's job.
        noop: Segments of the no-op job; it is run `noop_jobs` times.
        noop_flood: Segments of the no-op job that throughput and CPU time are measured by.
    """

    slots: int
    seconds: float
    unit: int
    floods: tuple[int, int]
    rounds: int
    visit: int
    noop: int
    noop_jobs: int
    noop_flood: int
    noop_slots: int


async def warm_up(target: Target, least: float, most: float, slots: int) -> None:
    """Let the service learn what such segments cost: it begins with a pessimistic guess."""
    order = Order("business-warm", _WARM_UP, least, most)
    await target.prepare([order])
    async with target.slots(slots):
        await target.story([await target.submit(order)])


async def backlogged(target: Target, scale: Scale, *, spreading: bool) -> dict[str, float]:
    """One user a tier, 4:2:1, all with work waiting. `spreading` costs are anywhere within 3x of their mean."""
    least, most = (scale.seconds / 3, scale.seconds * 3) if spreading else (scale.seconds, scale.seconds)
    orders = [Order(user, round(scale.unit * weight), least, most) for user, weight in WEIGHTS.items()]
    await warm_up(target, least, most, scale.slots)
    await target.prepare(orders)
    jobs = [await target.submit(order) for order in orders]
    for job in jobs:
        await target.queued(job)
    async with target.slots(scale.slots):
        story = await target.story(jobs)
    check(story, orders, scale.slots)
    held = measures.backlogged(story, list(WEIGHTS))
    return measures.shares(held, WEIGHTS, None if spreading else scale.seconds)


@dataclass(frozen=True, slots=True)
class Flooded:
    """What newcomers met: seconds waited by user, and between a slot's end and its next start."""

    waits: dict[str, list[float]]
    planned: dict[str, list[float]]
    handovers: list[float]


async def flooded(target: Target, scale: Scale, flood: int) -> Flooded:
    """A free user has a long video; others come with short jobs of every tier, his own too.

    `backlogged` goes before, so that what such segments cost is known.
    """
    rounds = max(2, round(scale.rounds * flood / max(scale.floods)))
    first = Order(FLOOD, flood, scale.seconds, scale.seconds)
    visits = [Order(user, scale.visit, scale.seconds, scale.seconds) for user in NEWCOMERS]
    pause = 0.8 * flood * scale.seconds / scale.slots / (rounds * len(visits))
    await target.prepare([first, *visits])
    async with target.slots(scale.slots):
        jobs = [await target.submit(first)]
        await target.begun(jobs[0])
        for visit in visits * rounds:
            jobs.append(await target.submit(visit))
            await asyncio.sleep(pause)
        story = await target.story(jobs)
    check(story, [first, *visits * rounds], scale.slots)
    begin = story.jobs[0].queued
    if not any(measures.waits(story, user, FLOOD) for user in NEWCOMERS):
        raise ScenarioError("the flood was over before a newcomer came: it is too small for this machine")
    return Flooded(
        {user: measures.waits(story, user, FLOOD) for user in NEWCOMERS},
        {user: [job.queued - job.submitted for job in story.jobs if job.user == user] for user in NEWCOMERS},
        measures.handovers(story, begin, scale.slots),
    )


async def noop(target: Target, scale: Scale) -> dict[str, object]:
    """Segments that cost nothing: what the service itself costs."""
    order = Order("business-noop", scale.noop, 0.0, 0.0)
    flood = Order("business-noop", scale.noop_flood, 0.0, 0.0)
    async with target.slots(scale.noop_slots):
        await target.prepare([order, flood])
        stories = [await target.story([await target.submit(order)]) for _ in range(scale.noop_jobs)]
        before = target.meter.read()
        stories.append(await target.story([await target.submit(flood)]))
        after = target.meter.read()
    for story, asked in zip(stories, [order] * scale.noop_jobs + [flood], strict=True):
        check(story, [asked], scale.noop_slots)
    return {
        "submit_to_merged_s": measures.spread([_whole(story) for story in stories[:-1]]),
        "submit_to_last_segment_s": measures.spread([_work(story) for story in stories[:-1]]),
        "segments": scale.noop_flood,
        "segments_per_s": round(measures.rate(stories[-1].held), 1),
        "cpu_ms_per_segment": spent(before, after, scale.noop_flood),
    }


def _whole(story: Story) -> float:
    [job] = story.jobs
    return job.over - job.submitted


def _work(story: Story) -> float:
    return max(one.end for one in story.held) - story.jobs[0].submitted


def check(story: Story, orders: list[Order], slots: int) -> None:
    """Every segment was done once, none on a slot that is not there, and none in less than its time."""
    done = sorted((one.user, one.index) for one in story.held)
    due = sorted((order.user, index) for order in orders for index in range(order.segments))
    if done != due:
        raise ScenarioError(f"{len(due)} segments were due, {len(done)} done, or not each of them once")
    most = measures.most_at_once(story.held)
    if most > slots:
        raise ScenarioError(f"{most} segments at once on {slots} slots")
    least = {order.user: order.least for order in orders}
    hasty = [one for one in story.held if one.seconds < 0.95 * least[one.user]]
    if hasty:
        raise ScenarioError(f"{len(hasty)} segments took less than the time they declare")
