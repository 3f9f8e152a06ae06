"""How soon the service goes on when one of its processes dies, hangs or must stop, on the whole service.

Real processes on embedded servers, driven through the HTTP API; agents spend declared times (engine `timed:<seconds>`).
Times are seconds as a list: one figure for each blow.

- agent_killed, agent_frozen: from kill -9 or SIGSTOP of an agent to the start of its segment at another, by rows.
- leader_killed, leader_frozen: the same for the leading scheduler, to the next release by the stand-by, under load.
- cancel, cancel_frozen: from the request to the job's end; the second with an agent that does not answer.

Targets: 3 s for an agent, 5 s for the leader, 2 s for a cancellation.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from benchmarks.load.material import SEGMENT_SECONDS, clip
from benchmarks.load.target import until
from bus.connection import Bus
from contracts.settings import (
    AgentSettings,
    GatewaySettings,
    QualitySettings,
    SchedulerSettings,
    Settings,
    StackSettings,
)
from contracts.states import AttemptState
from contracts.subjects import LEASES_BUCKET
from scheduler.actor import LEASE
from storage import database
from storage.models import Attempt
from visage import demo, logs
from visage.client import Client
from visage.stack import Stack, running

_LOAD = 200  # segments that wait while the leader dies

Figures = dict[str, list[float]]


class Ward:
    """The service, with a face, a short and a long video in it."""

    def __init__(self, stack: Stack, client: Client, bus: Bus, face: str, uploads: dict[int, str]) -> None:
        self._stack, self._client, self._bus = stack, client, bus
        self._face, self._uploads = face, uploads

    async def submit(self, segments: int, engine: str) -> UUID:
        """Start a job."""
        job = await self._client.create_job(self._uploads[segments], [self._face], engine)
        return UUID(job["id"])

    async def cancel(self, job: UUID) -> float:
        """Cancel a job; seconds until it has ended."""
        begun = time.monotonic()
        await self._client.post(f"/jobs/{job}/cancel")
        await self._client.wait(str(job))
        return time.monotonic() - begun

    async def agent_at(self, job: UUID, besides: str = "") -> str:
        """The agent that works on a job of one segment, once one does that is not `besides`."""
        found: list[Any] = []

        async def check() -> bool:
            running = Attempt.filter(job_id=job, state=AttemptState.RUNNING).exclude(agent_id=besides)
            found[:] = await running.values_list("agent_id", flat=True)
            return bool(found)

        await until(check)
        return str(found[0])

    async def agent_struck(self, blow: signal.Signals) -> float:
        """Seconds until another agent begins what one had when it was struck."""
        job = await self.submit(1, "timed:60")
        agent = await self.agent_at(job)
        pid = int(agent.rpartition("-")[2])
        begun = time.monotonic()
        os.kill(pid, blow)
        await self.agent_at(job, besides=agent)
        took = time.monotonic() - begun
        await self._recover(pid, blow)
        await self.cancel(job)
        return took

    async def leader_struck(self, blow: signal.Signals) -> float:
        """Seconds until a stand-by releases something, after the leader was struck under load."""
        job = await self.submit(_LOAD, "timed:0.5")
        await self.agent_at(job)
        pid = await self._leader()
        os.kill(pid, blow)
        begun = time.monotonic()
        await asyncio.sleep(0.2)  # what it had sent to the database is written by then
        before = await Attempt.all().count()
        await until(lambda: _more_than(before))
        took = time.monotonic() - begun
        await self._recover(pid, blow)
        await self.cancel(job)
        return took

    async def cancelled(self, *, frozen: bool) -> float:
        """Seconds from a request to cancel a running segment to the job's end."""
        job = await self.submit(1, "timed:60")
        pid = int((await self.agent_at(job)).rpartition("-")[2])
        if frozen:
            os.kill(pid, signal.SIGSTOP)
        took = await self.cancel(job)
        await self._recover(pid, signal.SIGSTOP)
        return took

    async def _leader(self) -> int:
        last = await self._bus.bucket(LEASES_BUCKET).last(LEASE)
        assert last is not None and last.data is not None
        return int(last.data.decode().partition("/")[0].rpartition(":")[2])

    async def _recover(self, pid: int, blow: signal.Signals) -> None:
        if blow is signal.SIGSTOP:
            os.kill(pid, signal.SIGCONT)
            return
        (name,) = [name for name, known in self._known.items() if known == pid]
        await self._stack.restarted(name, pid)
        self.note()

    def note(self) -> None:
        """Remember which processes there are: a dead one has a name no more."""
        self._known = self._stack.processes


async def measure(ward: Ward, times: int) -> Figures:
    """Every figure, each so many times."""
    ward.note()
    figures: Figures = {}

    async def take(name: str, step: Callable[[], Awaitable[float]]) -> None:
        figures[f"{name}_s"] = [round(await step(), 2) for _ in range(times)]

    await take("agent_killed", lambda: ward.agent_struck(signal.SIGKILL))
    await take("agent_frozen", lambda: ward.agent_struck(signal.SIGSTOP))
    await take("cancel", lambda: ward.cancelled(frozen=False))
    await take("cancel_frozen", lambda: ward.cancelled(frozen=True))
    await take("leader_killed", lambda: ward.leader_struck(signal.SIGKILL))
    await take("leader_frozen", lambda: ward.leader_struck(signal.SIGSTOP))
    return figures


async def _more_than(count: int) -> bool:
    return await Attempt.all().count() > count


async def run(times: int) -> Figures:
    """Start everything, and measure."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(
            data=folder / "service",
            gateway=GatewaySettings(port=0, rate_per_minute=100_000, default_tier="business"),
            scheduler=SchedulerSettings(segment_seconds=SEGMENT_SECONDS),
            agent=AgentSettings(engine="paste", timed=True),
            quality=QualitySettings(windows=0),
            stack=StackSettings(agents=3, schedulers=2),
        )
        async with running(settings) as stack, Client(stack.url, stack.operator_key) as client:
            await database.connect(stack.settings.database)
            bus = await Bus.connect(stack.settings.nats, "scheduler")
            try:
                return await measure(await _ward(stack, client, bus, folder), times)
            finally:
                await bus.close()
                await database.close()


async def _ward(stack: Stack, client: Client, bus: Bus, folder: Path) -> Ward:
    photo = folder / "face.jpg"
    demo.copy_face(photo)
    face = (await client.upload(photo, "face"))["face_id"]
    uploads = {}
    for segments in (1, _LOAD):
        video = await asyncio.to_thread(clip, folder / f"{segments}.mp4", segments)
        uploads[segments] = (await client.upload(video, "target"))["id"]
    return Ward(stack, client, bus, face, uploads)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object on one line")
    parser.add_argument("--full", action="store_true", help="20 blows of each kind instead of 2")
    options = parser.parse_args()
    logs.configure("console", "error", sys.stderr)
    report = asyncio.run(run(20 if options.full else 2))
    print(json.dumps(report, indent=None if options.json else 2))


if __name__ == "__main__":
    main()
