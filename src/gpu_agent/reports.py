"""What an agent says about an attempt. Messages are keyed by the attempt: saying one twice is no harm."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from pydantic import BaseModel

from contracts import subjects
from contracts.errors import Reason, UnavailableError, VisageError, WorkError
from contracts.messages import SegmentDone, SegmentFailed, SegmentProgress, SegmentStarted, SegmentTask
from gpu_agent.child import WorkerDiedError
from gpu_agent.wire import Outcome, Progress
from storage.objects import Stored

PROGRESS_SECONDS = 0.5
# A result is worth more than a wait: for so many seconds the broker may be away.
_PATIENCE = 900.0


class Speaker(Protocol):
    """The part of `bus.connection.Bus` that reports need."""

    async def publish(
        self, subject: str, message: BaseModel, message_id: str | None = None, *, patience: float = ...
    ) -> object:
        """Publish to a stream."""

    async def announce(self, subject: str, message: BaseModel) -> None:
        """Tell whoever listens."""


class Reports:
    """Reports about one attempt at one segment.

    Attributes:
        frames: Frames done so far.
    """

    def __init__(self, bus: Speaker, agent_id: str, task: SegmentTask) -> None:
        """The clock of `seconds` begins now."""
        self._bus, self._agent_id, self._task = bus, agent_id, task
        self._begun = time.monotonic()
        self._said = -1
        self.frames = 0

    @property
    def seconds(self) -> float:
        """Seconds the slot was held so far: what the attempt costs."""
        return time.monotonic() - self._begun

    def heard(self, progress: Progress) -> None:
        """Take note of progress; `announcing` passes it on."""
        self.frames = progress.frames

    async def started(self, delivery: int) -> None:
        """The attempt began."""
        await self._tell("started", self._event(SegmentStarted, delivery=delivery), f"started.{delivery}")

    async def done(self, outcome: Outcome, stored: Stored | None) -> None:
        """The result is stored; or nothing is, where nothing was changed."""
        found = {"key": stored.key, "size": stored.size, "sha256": stored.sha256} if stored else {}
        facts = outcome.model_dump(
            include={"frames", "faces", "face_frames", "damaged", "first_pts", "last_pts"}
        )
        message = self._event(
            SegmentDone,
            gpu_seconds=self.seconds,
            detail={"work_seconds": outcome.seconds},
            **facts,
            **found,
        )
        await self._tell("done", message, "done")

    async def failed(self, error: VisageError) -> None:
        """The attempt ended without a result."""
        message = self._event(
            SegmentFailed,
            failure=error.failure,
            retryable=isinstance(error, UnavailableError)
            or (isinstance(error, WorkError) and error.retryable),
            agent_fault=isinstance(error, WorkerDiedError) or error.reason is Reason.AGENT_LOST,
            gpu_seconds=self.seconds,
        )
        await self._tell("failed", message, "failed")

    async def cancelled(self) -> None:
        """The attempt was stopped on request."""
        await self.failed(WorkError(Reason.CANCELLED, "The job was cancelled.", retryable=False))

    @asynccontextmanager
    async def announcing(self) -> AsyncIterator[None]:
        """Announce progress at most twice a second meanwhile."""
        task = asyncio.create_task(self._announce())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _announce(self) -> None:
        subject = subjects.segment_progress(self._task.job_id)
        while True:
            await asyncio.sleep(PROGRESS_SECONDS)
            if self.frames != self._said:
                self._said = self.frames
                message = self._event(SegmentProgress, frames=self.frames, gpu_seconds=self.seconds)
                await self._bus.announce(subject, message)

    def _event(self, model: type[BaseModel], **fields: object) -> BaseModel:
        task = self._task
        return model(
            attempt_id=task.attempt_id,
            job_id=task.job_id,
            segment_index=task.segment_index,
            agent_id=self._agent_id,
            **fields,
        )

    async def _tell(self, what: str, message: BaseModel, key: str) -> None:
        subject = subjects.segment_event(what, self._task.job_id)
        await self._bus.publish(subject, message, f"{self._task.attempt_id}.{key}", patience=_PATIENCE)
