"""Celery under load."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Self
from uuid import uuid4

from benchmarks.load.meter import Meter
from benchmarks.load.rivals import servers
from benchmarks.load.story import Held, Order, Story, Told, story
from benchmarks.load.target import ScenarioError, tier_of, until
from visage.embedded.process import Program, die_with_parent
from visage.keeper import Keeper
from visage.paths import ROOT

_PRIORITIES = {"free": 0, "pro": 5, "business": 9}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the servers are, and the folder for notes and logs."""

    addresses: servers.Addresses
    folder: Path

    @property
    def notes(self) -> Path:
        """What the tasks noted."""
        return self.folder / "notes"

    @property
    def log(self) -> Path:
        """What workers and client say."""
        return self.folder / "log" / "celery.log"

    @property
    def environment(self) -> dict[str, str]:
        """As `benchmarks.load.rivals.tasks` wants it; that module cannot be loaded where no server runs."""
        known = {
            "RIVAL_BROKER": self.addresses.broker,
            "RIVAL_RESULTS": self.addresses.results,
            "RIVAL_NOTES": str(self.notes),
        }
        return dict(os.environ) | known


class _Client:
    """The process that submits."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()
        self.pid = process.pid

    async def send(self, **order: object) -> None:
        """Have an order sent; return when its segments are in the queue."""
        assert self._process.stdin is not None and self._process.stdout is not None
        async with self._turn:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            await self._process.stdin.drain()
            if await self._process.stdout.readline() != b"sent\n":
                raise ScenarioError("the client of Celery died")

    @classmethod
    @asynccontextmanager
    async def running(cls, place: _Place) -> AsyncIterator[Self]:
        """One that runs meanwhile."""
        with place.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "benchmarks.load.rivals.client"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=place.environment,
                cwd=ROOT,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        try:
            yield cls(process)
        finally:
            process.kill()
            await process.wait()


class _Worker:
    """A Celery worker with so many processes, as a unit that is kept running."""

    grace = 15.0

    def __init__(self, name: str, queue: str, count: int, place: "_Place") -> None:
        self.name = name
        self._queue, self._count, self._place = queue, count, place

    def prepare(self) -> None:
        """Forget that another was ready."""
        for file in self._place.notes.glob("ready-*"):
            file.unlink()

    def program(self) -> Program:
        """`celery worker` on one queue."""
        options = ["-Q", self._queue, "-c", str(self._count), "-O", "fair", "-l", "warning"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        return Program(
            name=self.name,
            argv=[
                sys.executable,
                "-m",
                "celery",
                "-A",
                "benchmarks.load.rivals.tasks",
                "worker",
                *options,
                *quiet,
            ],
            env=self._place.environment,
            log=self._place.log,
            cwd=ROOT,
        )

    async def check(self) -> None:
        """See whether it noted that it is ready. Raises ConnectionError."""
        if not any(self._place.notes.glob("ready-*")):
            raise ConnectionError("not ready")


class CeleryTarget:
    """Celery on one queue: `fifo`, or `priority` by tier."""

    def __init__(self, queue: str, keeper: Keeper, client: "_Client", place: "_Place") -> None:
        """`client` submits; `place` is where workers find servers and leave notes."""
        self.name = f"celery {queue}"
        self._queue, self._keeper, self._client, self._place = queue, keeper, client, place
        self._sent: dict[str, tuple[Order, float, float]] = {}
        self._random = Random(1)
        self.meter = Meter(self._processes)

    def _processes(self) -> list[tuple[str, int]]:
        servers = [(name.partition("-")[0], pid) for name, pid in self._keeper.processes.items()]
        return [*servers, ("client", self._client.pid)]

    @asynccontextmanager
    async def slots(self, count: int) -> AsyncIterator[None]:
        """One worker with so many processes."""
        name = f"worker-{self._queue}"
        await self._keeper.add(_Worker(name, self._queue, count, self._place))
        try:
            yield
        finally:
            await self._keeper.remove([name])

    async def prepare(self, orders: Sequence[Order]) -> None:
        """Nothing is needed."""

    async def submit(self, order: Order) -> str:
        """Send every segment to the queue; a job of no-ops as the chain of plan, group and merge."""
        job, submitted = str(uuid4()), time.time()
        await self._client.send(
            queue=self._queue,
            priority=_PRIORITIES[tier_of(order.user)] if self._queue == "priority" else None,
            chain=order.most == 0.0,
            job=job,
            user=order.user,
            seconds=[self._random.uniform(order.least, order.most) for _ in range(order.segments)],
        )
        self._sent[job] = order, submitted, time.time()
        return job

    async def queued(self, job: str) -> None:
        """It was, when `submit` returned."""

    async def begun(self, job: str) -> None:
        """Wait for the first note of a segment."""
        await until(partial(self._has_ended, 1, {job}, set()))

    async def story(self, jobs: Sequence[str]) -> Story:
        """Wait for the notes of all segments and merges."""
        due = sum(self._sent[job][0].segments for job in jobs)
        chains = {job for job in jobs if self._sent[job][0].most == 0.0}
        await until(partial(self._has_ended, due, set(jobs), chains))
        held = [one for one in self._held() if one.job in jobs]
        over = {job: max(one.end for one in held if one.job == job) for job in jobs} | self._over()
        return story([self._told(job, over[job]) for job in jobs], held)

    async def _has_ended(self, due: int, jobs: set[str], chains: set[str]) -> bool:
        """Whether so many segments of the jobs are done, and the chains among them merged."""
        return sum(one.job in jobs for one in self._held()) >= due and not chains - self._over().keys()

    def _told(self, job: str, over: float) -> Told:
        order, submitted, queued = self._sent[job]
        return Told(order.user, job, submitted, queued, over)

    def _held(self) -> list[Held]:
        return [
            Held(user, job, int(index), float(start), float(end))
            for user, job, index, start, end in self._noted("held")
        ]

    def _over(self) -> dict[str, float]:
        return {job: float(at) for job, at in self._noted("over")}

    def _noted(self, what: str) -> list[list[str]]:
        files = self._place.notes.glob(f"{what}-*")
        return [line.split("\t") for file in files for line in file.read_text().splitlines(keepends=False)]


@asynccontextmanager
async def celery_targets(folder: Path) -> AsyncIterator[list[CeleryTarget]]:
    """The two rivals, on servers that start and end with this."""
    (folder / "notes").mkdir(parents=True)
    keeper = Keeper()
    try:
        place = _Place(await servers.start(keeper, folder), folder)
        async with _Client.running(place) as client:
            yield [CeleryTarget(queue, keeper, client, place) for queue in ("fifo", "priority")]
    finally:
        await servers.stop(keeper)
