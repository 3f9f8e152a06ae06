"""What an agent says about an attempt. Rows decide what counts: saying it twice is no harm."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar
from uuid import uuid4

from pydantic import BaseModel

from contracts import subjects
from contracts.errors import Reason, UnavailableError, VisageError, WorkError
from contracts.messages import SegmentDone, SegmentFailed, SegmentProgress, SegmentStarted, SegmentTask
from gpu_agent.child import WorkerDiedError
from gpu_agent.post import Post
from gpu_agent.wire import Outcome, Progress
from storage.objects import Stored

M = TypeVar("M", bound=BaseModel)

PROGRESS_SECONDS = 0.5
# Whoever is told to stop cannot wait for long.
_LAST_WORDS_PATIENCE = 3.0

LIFE = uuid4().hex
"""Which run of the agent this process is."""


class Reports:
    """Reports about one beginning of an attempt at a segment.

    Attributes:
        mark: Names this beginning, apart from others of the same attempt.
        frames: Frames done so far.
    """

    def __init__(self, post: Post, task: SegmentTask) -> None:
        """The clock of `seconds` begins now."""
        self._post, self._task = post, task
        self._begun = time.monotonic()
        self._said = (0, 0)
        self._steps = 0
        self._bounded = False
        self.mark = uuid4().hex[:8]
        self.frames = 0

    @property
    def seconds(self) -> float:
        """Seconds the slot was held so far: what the attempt costs."""
        return time.monotonic() - self._begun

    def restart_clock(self) -> None:
        """What passed so far was no work."""
        self._begun = time.monotonic()

    def heard(self, progress: Progress) -> None:
        """Take note of progress; `announcing` passes it on."""
        self.frames = progress.frames

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """Count each moment inside as progress: what is done there has a bound in time of its own."""
        self._bounded = True
        try:
            yield
        finally:
            self._bounded = False

    def started(self, delivery: int) -> asyncio.Future[None]:
        """The attempt began. The future tells when that is stored: the work need not wait for it."""
        return self._post.send(self._event(SegmentStarted, delivery=delivery, life=LIFE))

    async def done(self, outcome: Outcome, stored: Stored | None) -> None:
        """The result is stored; or nothing is, where nothing was changed."""
        found = {"key": stored.key, "size": stored.size, "sha256": stored.sha256} if stored else {}
        message = self._event(
            SegmentDone,
            frames=outcome.frames,
            faces=outcome.faces,
            face_frames=outcome.face_frames,
            damaged=outcome.damaged,
            first_pts=outcome.first_pts,
            last_pts=outcome.last_pts,
            gpu_seconds=self.seconds,
            detail={"work_seconds": outcome.seconds, "copied": outcome.copied},
            **found,
        )
        await self._post.send(message)

    async def failed(self, error: VisageError) -> None:
        """The attempt ended without a result."""
        await self._post.send(self._failure(error))

    async def handed_back(self) -> None:
        """The agent is told to stop in the middle of the attempt: it is for another, at no one's cost.

        Raises:
            UnavailableError: The broker is away.
        """
        error = WorkError(Reason.CANCELLED, "The agent was stopped.")
        try:
            async with asyncio.timeout(_LAST_WORDS_PATIENCE):
                await self._post.send(self._failure(error))
        except TimeoutError:
            raise UnavailableError("message broker") from None

    def _failure(self, error: VisageError) -> SegmentFailed:
        return self._event(
            SegmentFailed,
            failure=error.failure,
            retryable=isinstance(error, UnavailableError)
            or (isinstance(error, WorkError) and error.retryable),
            agent_fault=isinstance(error, WorkerDiedError) or error.reason is Reason.AGENT_LOST,
            gpu_seconds=self.seconds,
        )

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
            self._steps += self._bounded
            if (self.frames, self._steps) != self._said:
                self._said = (self.frames, self._steps)
                facts = {"frames": self.frames, "steps": self._steps, "gpu_seconds": self.seconds}
                await self._post.announce(subject, self._event(SegmentProgress, **facts))

    def _event(self, model: type[M], **fields: Any) -> M:
        task = self._task
        return model(
            attempt_id=task.attempt_id,
            job_id=task.job_id,
            segment_index=task.segment_index,
            agent_id=self._post.agent_id,
            **fields,
        )
