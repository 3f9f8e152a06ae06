"""Visage under load: the whole service on embedded servers, driven through its HTTP API."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from time import time
from uuid import UUID

from benchmarks.load import rows
from benchmarks.load.events import Events
from benchmarks.load.material import SEGMENT_SECONDS, clip
from benchmarks.load.meter import Meter
from benchmarks.load.story import Held, Order, Story, Told, story
from benchmarks.load.target import ScenarioError, tier_of, until
from bus.topology import provision
from contracts.settings import GatewaySettings, SchedulerSettings, Settings, StackSettings
from gateway.services import keys
from storage import accounts, database
from visage import demo
from visage.actors import ActorProcess
from visage.client import Client
from visage.embedded.ports import free_port
from visage.keeper import Keeper
from visage.stack import Stack, running

_TAKEN_UP = 0.5  # seconds after its row was written, by which the scheduler has a job in its queue
_ELSEWHERE = "elsewhere"


class VisageTarget:
    """A running Visage whose agents spend declared times. Made by `visage_target`."""

    name = "visage"

    def __init__(self, stack: Stack, events: Events, folder: Path, stopping: AsyncExitStack) -> None:
        """`stopping` closes what is opened on the way."""
        self._stack, self._events, self._folder, self._stopping = stack, events, folder, stopping
        self._keeper = Keeper()
        self._clients: dict[str, Client] = {}
        self._faces: dict[str, str] = {}
        self._uploads: dict[tuple[str, int], str] = {}
        self._jobs: dict[str, tuple[str, float]] = {}
        self._agents = 0
        self.meter = Meter(self._processes)

    @property
    def settings(self) -> Settings:
        """Of the running service."""
        return self._stack.settings

    async def quote(self, order: Order) -> float | None:
        """Seconds in which the job would be over, as the service says before it is submitted."""
        body = {
            "upload_id": self._uploads[order.user, order.segments],
            "face_id": self._faces[order.user],
            "engine": _engine(order),
        }
        told = await self._clients[order.user].post("/jobs/estimate", body)
        return None if told["eta_seconds"] is None else float(told["eta_seconds"])

    def _processes(self) -> list[tuple[str, int]]:
        running = self._stack.processes | self._keeper.processes
        return [(re.sub(r"-\d+$", "", name), pid) for name, pid in running.items()]

    async def open(self) -> None:
        """Have an agent of another pool: so the engine is offered, and jobs are taken before there is a slot."""
        await provision(self._stack.settings.nats, {_ELSEWHERE})
        await self._start("lookout-1", pool=_ELSEWHERE)

    async def close(self) -> None:
        """Stop the agents."""
        await self._keeper.close()

    @asynccontextmanager
    async def slots(self, count: int) -> AsyncIterator[None]:
        """One agent with so many slots."""
        self._agents += 1
        name = f"agent-{self._agents}"
        await self._start(name, slots=count)
        try:
            yield
        finally:
            await self._keeper.remove([name])
            await until(partial(self._is_gone, name))

    async def _start(self, name: str, **changes: object) -> None:
        ours = self._stack.settings.agent.model_copy(update={"id": name, "timed": True, **changes})
        settings = self._stack.settings.model_copy(update={"agent": ours})
        await self._keeper.add(ActorProcess(name, "agent", settings, free_port()))
        await until(partial(self._events.has_agent, name))

    async def _is_gone(self, name: str) -> bool:
        return not await self._events.has_agent(name)

    async def prepare(self, orders: Sequence[Order]) -> None:
        """Accounts, their face, and an upload for each length of job."""
        for order in orders:
            client = await self._client(order.user)
            if (order.user, order.segments) not in self._uploads:
                video = self._folder / f"{order.segments}.mp4"
                if not video.exists():
                    await asyncio.to_thread(clip, video, order.segments)
                upload = await client.upload(video, "target")
                self._uploads[order.user, order.segments] = upload["id"]

    async def _client(self, user: str) -> Client:
        if user not in self._clients:
            row = await accounts.create_user(f"{user}@localhost", None, tier_of(user))
            _, key = await keys.create_key(row, "load")
            client = await self._stopping.enter_async_context(Client(self._stack.url, key))
            photo = self._folder / "face.jpg"
            if not photo.exists():
                demo.copy_face(photo)
            self._faces[user] = (await client.upload(photo, "face"))["face_id"]
            self._clients[user] = client
        return self._clients[user]

    async def submit(self, order: Order) -> str:
        """POST the job."""
        submitted = time()
        upload = self._uploads[order.user, order.segments]
        job = await self._clients[order.user].create_job(upload, [self._faces[order.user]], _engine(order))
        self._jobs[job["id"]] = order.user, submitted
        return str(job["id"])

    async def queued(self, job: str) -> None:
        """Wait for the job's row, and then for the scheduler to take it up."""
        await until(lambda: rows.queued(job))
        await asyncio.sleep(_TAKEN_UP)

    async def begun(self, job: str) -> None:
        """Wait for the job's row."""
        await until(lambda: rows.begun(job))

    async def story(self, jobs: Sequence[str]) -> Story:
        """Wait for the ends of the jobs, and read rows and events."""
        await until(lambda: rows.over(jobs))
        told = [await self._told(job) for job in jobs]
        return story(told, await self._held(jobs))

    async def _told(self, job: str) -> Told:
        user, submitted = self._jobs[job]
        seen = await self._clients[user].get(f"/jobs/{job}")
        if seen["state"] != "done":
            raise ScenarioError(f"a job of {user} ended as {seen['state']}: {seen['failure']}")
        times = await rows.times(job)
        return Told(user, job, submitted, times.queued, times.over)

    async def _held(self, jobs: Sequence[str]) -> list[Held]:
        spans = await self._events.spans({UUID(job) for job in jobs})
        held = []
        for row in await rows.attempts(jobs):
            if row.state != "done" or row.id not in spans:
                raise ScenarioError(f"an attempt of job {row.job} is {row.state}, or nothing was heard of it")
            start, end = spans[row.id]
            held.append(Held(self._jobs[row.job][0], row.job, row.index, start, end))
        return held


def _engine(order: Order) -> str:
    return f"timed:{order.least:g}" + (f"-{order.most:g}" if order.most > order.least else "")


@asynccontextmanager
async def visage_target(folder: Path) -> AsyncIterator[VisageTarget]:
    """The service with its data in `folder`, tiers that differ by weight alone, and no agent yet."""
    settings = Settings(
        data=folder / "service",
        gateway=GatewaySettings(port=0, rate_per_minute=100_000),
        scheduler=SchedulerSettings(segment_seconds=SEGMENT_SECONDS),
        stack=StackSettings(agents=0),
    )
    async with AsyncExitStack() as stopping:
        stack = await stopping.enter_async_context(running(settings))
        await database.connect(stack.settings.database)
        stopping.push_async_callback(database.close)
        await rows.prepare()
        events = await stopping.enter_async_context(Events.listening(stack.settings.nats))
        target = VisageTarget(stack, events, folder, stopping)
        stopping.push_async_callback(target.close)
        await target.open()
        yield target
