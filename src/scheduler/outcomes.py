"""What agents report, settled in batches: one transaction for whatever arrived since the last."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from bus.actor import Later
from contracts.errors import UnavailableError
from contracts.messages import SegmentDone
from contracts.states import JobState
from scheduler.lead import Lead, drop_attempt, remove_soon, stop_agents
from scheduler.verdicts import Landing, Report, Verdicts, judge
from storage import keys
from storage.fence import Deposed
from storage.outcomes import Settlement, settling

log = structlog.get_logger()

_BATCH = 256


@dataclass(slots=True)
class _Settled:
    """What a batch came to once it was written."""

    verdicts: Verdicts
    merging: set[UUID] = field(default_factory=set)
    failed: set[UUID] = field(default_factory=set)
    cancelled: set[UUID] = field(default_factory=set)


class Outcomes:
    """Settles reports. A report is settled when its `report` returns."""

    def __init__(self, lead: Lead) -> None:
        self._lead = lead
        self._queue: asyncio.Queue[tuple[Report, asyncio.Future[None]]] = asyncio.Queue()
        self._over = False

    async def report(self, report: Report) -> None:
        """Have a report settled. Raises Later when the term ends first."""
        if self._over:
            raise Later(0.2)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((report, future))
        await future

    async def run(self) -> None:
        """Settle until cancelled. Raises UnavailableError or Deposed, which end the term: rows tell what is so."""
        batch: list[tuple[Report, asyncio.Future[None]]] = []
        try:
            while True:
                batch = [await self._queue.get()]
                while len(batch) < _BATCH and not self._queue.empty():
                    batch.append(self._queue.get_nowait())
                await self._settle(batch)
        finally:
            self._over = True
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            for _, future in batch:
                if not future.done():
                    future.set_exception(Later(0.2))

    async def _settle(self, batch: Sequence[tuple[Report, asyncio.Future[None]]]) -> None:
        try:
            await self._write([report for report, _ in batch])
        except (UnavailableError, Deposed):
            raise
        except Exception as error:
            await self._blame(batch, error)
            return
        for _, future in batch:
            _resolve(future)

    async def _blame(self, batch: Sequence[tuple[Report, asyncio.Future[None]]], error: Exception) -> None:
        """Find the report that cannot be settled: it must not hold up the others."""
        if len(batch) == 1:
            log.error("report not settled", report=batch[0][0].model_dump(mode="json"), exc_info=error)
            if not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        for item in batch:
            await self._settle([item])

    async def _write(self, reports: Sequence[Report]) -> None:
        async with settling({report.attempt_id for report in reports}, self._lead.fence) as settlement:
            verdicts = judge(settlement.attempts, reports, self._lead.settings.scheduler.max_attempts)
            settled = await self._apply(settlement, verdicts)
        self._tell_board(settled)
        for job_id in verdicts.stopping | settled.failed:
            await stop_agents(self._lead.bus, job_id)
        for attempt_id in verdicts.dropped:
            await drop_attempt(self._lead.bus, attempt_id)
        self._remove(settled)

    async def _apply(self, settlement: Settlement, verdicts: Verdicts) -> _Settled:
        settled = _Settled(verdicts)
        await settlement.run([(it.attempt_id, it.agent_id) for it in verdicts.started])
        await settlement.count_deaths(verdicts.deaths)
        await settlement.end_attempts(verdicts.attempts)
        await settlement.end_segments(verdicts.segments)
        if verdicts.won:
            settled.merging = await settlement.merge({result.job_id for result in verdicts.won})
        for job_id, failure in verdicts.failed_jobs.items():
            if await settlement.fail(job_id, failure):
                settled.failed.add(job_id)
        for job_id in verdicts.touched - settled.merging - settled.failed:
            if await settlement.cancel_if_stopped(job_id):
                settled.cancelled.add(job_id)
        return settled

    def _tell_board(self, settled: _Settled) -> None:
        verdicts, board = settled.verdicts, self._lead.board
        now = time.monotonic()
        for started in verdicts.started:
            flight = board.flights.get(started.attempt_id)
            if flight is not None:
                flight.begin(started.agent_id, started.life, now)
        for landing in verdicts.landings:
            self._land(landing)
        for result in verdicts.won:
            self._count(result)
        for job_id in settled.merging | settled.cancelled:
            board.end(job_id, JobState.MERGING if job_id in settled.merging else JobState.CANCELLED)
        for job_id in settled.failed:
            board.end(job_id, JobState.FAILED)
        self._lead.wake.set()

    def _land(self, landing: Landing) -> None:
        board = self._lead.board
        if board.land(landing.attempt_id, landing.seconds, again=landing.again) is None:
            board.owe((landing.job_id, landing.index), landing.seconds)

    def _count(self, result: SegmentDone) -> None:
        board = self._lead.board
        facts = board.jobs.get(result.job_id)
        if facts is None:
            return
        facts.segments_done += 1
        facts.frames_done += result.frames
        board.queue(facts.pool).withdraw((result.job_id, result.segment_index))
        board.estimates.learn(facts.cost_class, facts.seconds[result.segment_index], result.gpu_seconds)

    def _remove(self, settled: _Settled) -> None:
        for key in settled.verdicts.unwanted:
            remove_soon(self._lead, key)
        for job_id in settled.cancelled:
            remove_soon(self._lead, keys.segments_prefix(job_id))


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
