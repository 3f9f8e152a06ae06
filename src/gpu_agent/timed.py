"""The engine that only spends a declared time: for tests and load. It changes nothing and stores nothing."""

import asyncio
import time

from contracts.engines import timed_span
from contracts.errors import Reason, WorkError
from contracts.messages import SegmentTask
from gpu_agent.makers import Made
from gpu_agent.reports import PROGRESS_SECONDS, Reports
from gpu_agent.wire import Outcome, Progress


class TimedMaker:
    """Holds a slot for the seconds that the engine's name declares. Needs no process, no object, no face."""

    async def make(self, task: SegmentTask, reports: Reports) -> Made:
        """Spend the time of the segment.

        Raises:
            WorkError: ENGINE_MISSING for a name that declares no time; SEGMENT_TIMEOUT for a time too long.
        """
        seconds, frames = _declared(task), task.range.frames or 0
        begun = time.monotonic()
        try:
            async with asyncio.timeout(task.timeout_seconds):
                await _spend(seconds, frames, reports)
        except TimeoutError as error:
            message = f"The segment was given up: it took longer than {task.timeout_seconds:g} s."
            raise WorkError(Reason.SEGMENT_TIMEOUT, message) from error
        reports.heard(Progress(frames=frames))
        spent = time.monotonic() - begun
        return Made(Outcome(frames=frames, faces=0, face_frames=0, seconds=spent), stored=None)


def _declared(task: SegmentTask) -> float:
    try:
        span = timed_span(task.engine)
    except ValueError as error:
        raise WorkError(Reason.ENGINE_MISSING, f"{error}.", retryable=False, engine=task.engine) from error
    assert span is not None
    return span.seconds(task.job_id, task.segment_index)


async def _spend(seconds: float, frames: int, reports: Reports) -> None:
    if seconds <= PROGRESS_SECONDS:  # over before the first announcement
        await asyncio.sleep(seconds)
        return
    async with reports.announcing():
        begun = time.monotonic()
        if not frames:  # then the time itself is the progress
            with reports.bounded():
                await asyncio.sleep(seconds)
        while (spent := time.monotonic() - begun) < seconds:
            reports.heard(Progress(frames=int(frames * spent / seconds)))
            await asyncio.sleep(min(PROGRESS_SECONDS / 2, seconds - spent))
