"""Segments made by worker processes: ordered with presigned URLs, stored when they are done."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import structlog

from bus.backoff import delays
from contracts.errors import UnavailableError
from contracts.messages import FaceRef, SegmentTask
from gpu_agent.child import Child
from gpu_agent.makers import Made
from gpu_agent.reports import Reports
from gpu_agent.slots import Slots
from gpu_agent.weights.cache import WeightsCache
from gpu_agent.wire import FaceSource, Order, Outcome, PhotoSource
from storage.objects import ObjectStore, Stored

T = TypeVar("T")

_log = structlog.get_logger()

# What presigned URLs live beyond the attempt's own time.
_URL_SECONDS = 300


class WorkerMaker:
    """Has worker processes make segments and stores what they wrote."""

    def __init__(self, store: ObjectStore, slots: Slots, scratch: Path, weights: WeightsCache) -> None:
        """`scratch` is a folder for unfinished segments."""
        self._store, self._slots, self._scratch, self._weights = store, slots, scratch, weights

    async def make(self, task: SegmentTask, reports: Reports) -> Made:
        """Make a segment and store it. Raises what the worker met, and `UnavailableError` without a store."""
        output = self._scratch / Path(task.output_key).name
        try:
            async with reports.announcing():
                weights = await _patiently(lambda: self._fetched(task, reports), task, reports)
                async with self._slots.lend() as child:
                    outcome = await _patiently(
                        lambda: self._run(child, task, weights, output, reports), task, reports
                    )
                stored = await _patiently(lambda: self._put(task, output, reports), task, reports)
            return Made(outcome, stored)
        finally:
            with suppress(FileNotFoundError):
                output.unlink()

    async def _fetched(self, task: SegmentTask, reports: Reports) -> dict[str, str]:
        """The task's weights on disk, by role. That they had to be fetched first costs the user nothing."""
        with reports.bounded():
            paths = await self._weights.paths(task.weights)
        if paths:
            reports.restart_clock()
        return paths

    async def _run(
        self, child: Child, task: SegmentTask, weights: dict[str, str], output: Path, reports: Reports
    ) -> Outcome:
        with reports.bounded():
            order = await self._order(task, weights, output)
            await child.start()
        return await child.run(order, reports.heard)

    async def _put(self, task: SegmentTask, output: Path, reports: Reports) -> Stored:
        with reports.bounded():
            return await self._store.put(task.output_key, output)

    async def _order(self, task: SegmentTask, weights: dict[str, str], output: Path) -> Order:
        seconds = int(task.timeout_seconds) + _URL_SECONDS
        return Order(
            task=task,
            source_url=await self._store.presigned_get(task.source_key, seconds),
            faces=[await self._face(face, seconds) for face in task.faces],
            output=str(output),
            weights=weights,
        )

    async def _face(self, face: FaceRef, seconds: int) -> FaceSource:
        photos = [
            PhotoSource(
                url=await self._store.presigned_get(photo.key, seconds),
                points=photo.points,
                weight=photo.weight,
            )
            for photo in face.photos
        ]
        return FaceSource(face_id=face.face_id, photos=photos)


async def _patiently(step: Callable[[], Awaitable[T]], task: SegmentTask, reports: Reports) -> T:
    """The step's result; while the object store is away it is tried again, for as long as the task may take."""
    deadline = time.monotonic() + task.timeout_seconds
    for pause in delays(0.5, 5.0):
        try:
            return await step()
        except UnavailableError:
            if time.monotonic() + pause > deadline:
                raise
            _log.warning("agent.store_away", again_in=round(pause, 2))
        with reports.bounded():
            await asyncio.sleep(pause)
    raise AssertionError("delays() never ends")
