"""An agent as the scheduler sees one: a card in the bucket, a puller on the pool's consumer, reports."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

from bus.actor import Actor, Delivery, Later
from bus.connection import Bus
from contracts.errors import Failure, Reason
from contracts.messages import (
    AgentCard,
    CancelWork,
    Report,
    SegmentDone,
    SegmentFailed,
    SegmentProgress,
    SegmentReports,
    SegmentStarted,
    SegmentTask,
)
from contracts.settings import Settings
from contracts.subjects import AGENTS_BUCKET, cancel_work, segment_progress, segment_reports

Work = Callable[["PeerAgent", SegmentTask], Awaitable[None]]


class PeerAgent:
    """Speaks the agents' subjects over the real broker; what it does with a task is up to the test."""

    def __init__(self, bus: Bus, settings: Settings, slots: int, work: Work, name: str = "peer") -> None:
        self.bus, self.slots, self.name, self._work = bus, slots, name, work
        self.tasks: list[SegmentTask] = []
        self.running: dict[UUID, SegmentTask] = {}
        self.most_running = 0
        self.cancelled: set[UUID] = set()
        self._cancel = asyncio.Event()
        self._settings = settings

    async def card(self) -> None:
        card = AgentCard(
            agent_id=self.name,
            pool="default",
            slots=self.slots,
            busy=list(self.running),
            engines=["paste"],
            device="cpu",
            host="test",
            pid=1,
        )
        await self.bus.bucket(AGENTS_BUCKET).put(self.name, card)

    async def handle(self, task: SegmentTask, delivery: Delivery) -> None:
        if task.avoid_agent == self.name and delivery.deliveries < 3:
            raise Later(0.1)
        self.tasks.append(task)
        self.running[task.attempt_id] = task
        self.most_running = max(self.most_running, len(self.running))
        try:
            await self._work(self, task)
        finally:
            del self.running[task.attempt_id]

    async def listen(self) -> None:
        async with self.bus.listen(cancel_work("*"), CancelWork) as stream:
            async for _, message in stream:
                self.cancelled |= {what for what in (message.job_id, message.attempt_id) if what is not None}
                self._cancel.set()

    async def until_cancelled(self, what: UUID) -> None:
        while what not in self.cancelled:
            self._cancel.clear()
            await self._cancel.wait()

    async def started(self, task: SegmentTask, delivery: int = 1) -> None:
        await self.tell(SegmentStarted(**self._who(task), delivery=delivery))

    async def progress(self, task: SegmentTask, frames: int, seconds: float) -> None:
        message = SegmentProgress(**self._who(task), frames=frames, gpu_seconds=seconds)
        await self.bus.announce(segment_progress(task.job_id), message)

    async def done(self, task: SegmentTask, *, faces: int = 1, seconds: float = 0.1) -> None:
        await self.tell(done_of(task, self.name, faces=faces, seconds=seconds))

    async def failed(
        self,
        task: SegmentTask,
        reason: Reason = Reason.ENGINE_FAILED,
        *,
        retryable: bool = True,
        agent_fault: bool = False,
        seconds: float = 0.1,
    ) -> None:
        failure = Failure(reason=reason, message="It did not work.")
        await self.tell(
            SegmentFailed(
                **self._who(task),
                failure=failure,
                retryable=retryable,
                agent_fault=agent_fault,
                gpu_seconds=seconds,
            ),
        )

    async def tell(self, report: Report) -> None:
        await self.bus.publish(segment_reports(self.name), SegmentReports(reports=[report]))

    def _who(self, task: SegmentTask) -> dict[str, object]:
        return {
            "attempt_id": task.attempt_id,
            "job_id": task.job_id,
            "segment_index": task.segment_index,
            "agent_id": self.name,
        }


def done_of(task: SegmentTask, agent: str, *, faces: int = 1, seconds: float = 0.1) -> SegmentDone:
    frames = task.range.frames or 1
    return SegmentDone(
        attempt_id=task.attempt_id,
        job_id=task.job_id,
        segment_index=task.segment_index,
        agent_id=agent,
        key=task.output_key,
        size=10,
        sha256="0" * 64,
        frames=frames,
        faces=frames * faces,
        face_frames=frames * min(faces, 1),
        gpu_seconds=seconds,
    )


async def do_well(agent: PeerAgent, task: SegmentTask) -> None:
    await agent.started(task)
    await agent.done(task)


@asynccontextmanager
async def peer_agent(
    bus: Bus, settings: Settings, work: Work = do_well, slots: int = 2, name: str = "peer"
) -> AsyncIterator[PeerAgent]:
    agent = PeerAgent(bus, settings, slots, work, name)
    actor = Actor("agent", bus, settings, grace=0.0)
    actor.consume("agents-default", SegmentTask, agent.handle, concurrency=slots)
    actor.every(0.2, agent.card)
    actor.background(agent.listen)
    running = asyncio.create_task(actor.run())
    await actor.started.wait()
    try:
        yield agent
    finally:
        actor.stop()
        await asyncio.gather(running, return_exceptions=True)
