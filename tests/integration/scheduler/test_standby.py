"""Three real schedulers and a load: whoever leads is killed, the next is frozen and comes back.

How long that takes is measured by `benchmarks/recovery.py`.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bus.connection import Bus
from contracts.settings import Settings
from contracts.states import AttemptState, JobState
from contracts.subjects import LEASES_BUCKET
from scheduler.actor import LEASE
from storage.models import Attempt, Fence, Tier, User
from storage.s3 import S3Store
from tests.integration.scheduler.conftest import House, reach, until
from tests.integration.scheduler.crew import Crew

CAPS = {"pro": 3, "free": 1}
SEGMENTS = {"pro": 54, "free": 18}
SLOTS = 6  # one more than the caps allow


@pytest.fixture
async def house(
    settings: Settings, database: None, store: S3Store, bus: Callable[[str], Awaitable[Bus]]
) -> AsyncIterator[House]:
    """With the settings as they are delivered."""
    async with House(settings, bus, store) as house:
        yield house


@pytest.fixture
async def crew(house: House, tmp_path: Path) -> AsyncIterator[Crew]:
    async with Crew(house.settings, tmp_path, await house.open_bus("scheduler")) as crew:
        yield crew


async def leader(house: House, crew: Crew) -> str:
    """The name of the scheduler that leads, by the process id in the lease."""
    last = await (await house.open_bus("scheduler")).bucket(LEASES_BUCKET).last(LEASE)
    assert last is not None and last.data is not None
    pid = int(last.data.decode().partition("/")[0].rpartition(":")[2])
    return next(name for name, member in crew.members.items() if member.pid == pid)


async def more_released(count: int) -> None:
    """Until so many more segments were released."""
    before = await Attempt.all().count()

    async def check() -> bool:
        return await Attempt.all().count() >= before + count

    await until(check)


async def goes_on(blow: Callable[[], None]) -> None:
    """Strike the leader; another takes the fence, and releases segments."""
    before = await token()
    blow()
    await until(lambda: Fence.filter(name="scheduler", token__gt=before).exists())
    await more_released(1)


async def token() -> int:
    return (await Fence.get(name="scheduler")).token


async def most_at_once(user: User) -> int:
    """The most attempts of a user that were open at the same time, by their rows."""
    rows = await Attempt.filter(job__user_id=user.id).values_list("released_at", "ended_at")
    steps = sorted([(at, 1) for at, _ in rows] + [(at, -1) for _, at in rows])
    open_now = most = 0
    for _, step in steps:
        open_now += step
        most = max(most, open_now)
    return most


async def test_a_stand_by_goes_on_and_the_deposed_writes_nothing(house: House, crew: Crew) -> None:
    for tier, cap in CAPS.items():
        await Tier.filter(name=tier).update(max_in_flight=cap, burst=False)
    users = [await house.user(tier) for tier in ("pro", "free", "free")]
    await crew.agents("agent", slots=SLOTS)
    for name in ("one", "two", "three"):
        await crew.scheduler(name)
    jobs = [await house.submit(user, SEGMENTS[user.tier_id], engine="timed:0.3-0.7") for user in users]
    await more_released(10)

    killed = await leader(house, crew)
    await goes_on(crew.members[killed].process.kill)
    await more_released(10)
    frozen = await leader(house, crew)
    await goes_on(crew.members[frozen].freeze)
    await more_released(5)
    fence = await token()
    crew.members[frozen].thaw()
    await until(lambda: crew.has_logged(frozen, "lease lost"))

    for job in jobs:
        await reach(job.id, JobState.MERGING)
    assert len({killed, frozen, await leader(house, crew)}) == 3
    assert await token() == fence
    states = Counter(await Attempt.all().values_list("state", flat=True))
    assert states == {AttemptState.DONE: sum(SEGMENTS[user.tier_id] for user in users)}
    assert [await most_at_once(user) for user in users] == [CAPS[user.tier_id] for user in users]
