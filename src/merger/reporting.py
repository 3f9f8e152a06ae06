"""Quality reports: results are judged after their jobs have ended, one at a time, as well as can be.

A report is a bonus: none is waited for, none is tried twice, and one that fails is a line in the log.
"""

import asyncio
from uuid import UUID

import structlog

import sandbox
from contracts.errors import VisageError
from contracts.quality import QualityReport
from contracts.settings import QualitySettings, SandboxSettings
from merger.judging import JudgedPhoto, JudgeRequest
from storage.objects import ObjectStore
from storage.quality import Judged, save_quality, to_be_judged

log = structlog.get_logger()

_WAITING = 200  # results that wait at most; what comes on top gets no report
_URL_SPARE = 60  # seconds


class Reporter:
    """Judges results in a worker process that gives way to other work."""

    def __init__(self, store: ObjectStore, quality: QualitySettings, limits: SandboxSettings) -> None:
        """Results are judged while `run` runs."""
        self._store, self._quality = store, quality
        seconds = quality.seconds
        self._limits = limits.model_copy(update={"cpu_seconds": int(seconds) + 1, "wall_seconds": seconds})
        self._waiting: asyncio.Queue[UUID] = asyncio.Queue(_WAITING)

    @property
    def waiting(self) -> int:
        """Results that wait to be judged."""
        return self._waiting.qsize()

    def offer(self, job_id: UUID) -> None:
        """Have a job's result judged, where reports are wanted and few wait."""
        if self._quality.windows and not self._waiting.full():
            self._waiting.put_nowait(job_id)

    async def run(self) -> None:
        """Judge what is offered, until cancelled."""
        while True:
            job_id = await self._waiting.get()
            try:
                await self._report(job_id)
            except VisageError as error:
                log.warning("no quality report", job=str(job_id), reason=str(error))

    async def _report(self, job_id: UUID) -> None:
        judged = await to_be_judged(job_id)
        if judged is None:
            return
        request = await self._request(judged)
        report = await sandbox.run("merger.judging:judge", request, QualityReport, limits=self._limits)
        await save_quality(job_id, report)
        log.info("quality reported", job=str(job_id), swapped=report.coverage.share)

    async def _request(self, judged: Judged) -> JudgeRequest:
        faces = [
            [
                JudgedPhoto(url=await self._url(photo.key), points=photo.points, weight=photo.weight)
                for photo in face.photos
            ]
            for face in judged.faces
        ]
        return JudgeRequest(
            original=await self._url(judged.original_key),
            result=await self._url(judged.result_key),
            faces=faces,
            windows=self._quality.windows,
            frames=self._quality.frames,
            deinterlaced=judged.deinterlaced,
        )

    async def _url(self, key: str) -> str:
        return await self._store.presigned_get(key, int(self._quality.seconds) + _URL_SPARE)
