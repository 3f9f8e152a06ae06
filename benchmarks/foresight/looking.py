"""What looking ahead costs the scheduler, and whoever waits for its event loop meanwhile."""

import asyncio
import gc
from time import process_time

from scheduler.fairqueue import FairQueue, Outlook, Running, Terms, Work
from scheduler.fairqueue.fluid import Fluid
from scheduler.lookout import RELEASES_AT_ONCE
from scheduler.pace import Pace

_SLOTS = 64
_SEGMENTS = 6


async def looking(users: int) -> dict[str, float]:
    """One look, near and far, with so many users waiting, while a stand-in for dispatch asks for its turn.

    CPU milliseconds, so that what else the machine does does not count.
    """
    queue = _filled(users)
    running = [Running(work.user, work.job, 0.5) for _ in range(_SLOTS) if (work := queue.next()) is not None]
    gc.collect()
    gc.freeze()
    waits: list[float] = []
    asking = asyncio.create_task(_ask_for_turns(waits))
    await asyncio.sleep(0)
    start = process_time()
    await _look(queue, running)
    spent = process_time() - start
    asking.cancel()
    gc.unfreeze()
    waits.sort()
    return {
        "cpu_ms": round(1000 * spent, 1),
        "others_wait_ms_p99": round(1000 * waits[int(0.99 * len(waits))], 2),
        "others_wait_ms_worst": round(1000 * waits[-1], 2),
    }


async def _look(queue: FairQueue, running: list[Running]) -> None:
    pace = Pace()
    outlook = Outlook(queue, running, _SLOTS)
    while outlook.advance(RELEASES_AT_ONCE):
        await pace.breathe()
    outlook.forecast()
    fluid = Fluid(queue.virtual_time, _SLOTS, 0.5 * _SLOTS)
    for flow in list(queue.flows()):
        if flow.backlog:
            fluid.add(flow, queue.runs(flow))
        await pace.breathe()
    fluid.settle()


async def _ask_for_turns(waits: list[float]) -> None:
    while True:
        asked = process_time()
        await asyncio.sleep(0)
        waits.append(process_time() - asked)


def _filled(users: int) -> FairQueue:
    queue = FairQueue()
    for user in range(users):
        for n in range(_SEGMENTS):
            queue.submit(Work(user, user, n, 1.0 + user % 7), Terms(2.0 ** (user % 3)))
    return queue
