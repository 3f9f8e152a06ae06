import asyncio

from bus.actor.loops import Pulse, keep_running, repeat
from tests.waiting import PATIENCE


async def test_periodic_work_goes_on_after_an_error_and_never_overlaps() -> None:
    running, most, calls = 0, 0, 0
    enough = asyncio.Event()

    async def work() -> None:
        nonlocal running, most, calls
        running, calls = running + 1, calls + 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1
        if calls >= 3:
            enough.set()
        raise RuntimeError("each time")

    task = asyncio.create_task(repeat("work", 0.001, work, Pulse("work", 60)))
    await asyncio.wait_for(enough.wait(), PATIENCE)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert most == 1


async def test_background_work_is_started_again_until_it_returns() -> None:
    calls = 0

    async def work() -> None:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise RuntimeError("not yet")

    await asyncio.wait_for(keep_running("work", work), PATIENCE)
    assert calls == 3


def test_a_silent_loop_is_stuck() -> None:
    assert Pulse("silent", -1).is_stuck
    assert not Pulse("beating", 60).is_stuck
