"""An actor in a process of its own, for tests that kill it: `python -m tests.integration.bus.victim MODE`.

Settings come from the environment. It consumes "merger" and appends a line per started and ended handler to
the file VICTIM_LOG. MODE "hang" never ends a handler, "slow" takes half a second, "lead" leads "test".
"""

import asyncio
import os
import sys
from pathlib import Path

from bus.actor import Actor, Delivery
from bus.connection import Bus
from bus.lease import Lease
from contracts.messages import MergeTask
from contracts.settings import Settings


def note(line: str) -> None:
    with Path(os.environ["VICTIM_LOG"]).open("a") as log:
        log.write(line + "\n")


async def work(mode: str) -> None:
    settings = Settings()
    bus = await Bus.connect(settings.nats, "scheduler" if mode == "lead" else "merger")

    async def handle(message: MergeTask, delivery: Delivery) -> None:
        note(f"started {message.job_id} {delivery.deliveries}")
        await asyncio.sleep(3600 if mode == "hang" else 0.5)
        note(f"ended {message.job_id} {delivery.deliveries}")

    async def lead() -> None:
        note(f"held {await Lease(bus, 'test', 2.0).hold()}")
        await asyncio.Event().wait()

    actor = Actor(bus.actor, bus, settings, grace=5.0)
    if mode == "lead":
        actor.background(lead)
    else:
        actor.consume("merger", MergeTask, handle, concurrency=4)
    await actor.run()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
