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


@dataclass(slots=True)
class _Told:
    """Reports that came together; the future says when they are settled."""

    reports: Sequence[Report]
    settled: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def end(self, error: Exception | None = None) -> None:
        if self.settled.done():
            return
        if error is None:
            self.settled.set_result(None)
        else:
            self.settled.set_exception(error)


class Outcomes:
    """Settles reports."""

    def __init__(self, lead: Lead) -> None:
        self._lead = lead
        self._queue: asyncio.Queue[_Told] = asyncio.Queue()
        self._over = False

    async def report(self, report: Report) -> None:
        """Have one report settled. Raises as `settle` does."""
        await self.settle([report])

    async def settle(self, reports: Sequence[Report]) -> None:
        """Have reports settled; they are when this returns. Raises Later when the term ends first."""
        if self._over:
            raise Later(0.2)
        told = _Told(reports)
        self._queue.put_nowait(told)
        await told.settled

    async def run(self) -> None:
        """Settle until cancelled. Raises UnavailableError or Deposed, which end the term: rows tell what is so."""
        batch: list[_Told] = []
        try:
            while True:
                batch = await self._next_batch()
                await self._settle(batch)
        finally:
            self._over = True
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            for told in batch:
                told.end(Later(0.2))

    async def _next_batch(self) -> list[_Told]:
        batch = [await self._queue.get()]
        count = len(batch[0].reports)
        while count < _BATCH and not self._queue.empty():
            batch.append(self._queue.get_nowait())
            count += len(batch[-1].reports)
        return batch

    async def _settle(self, batch: Sequence[_Told]) -> None:
        try:
            await self._write([report for told in batch for report in told.reports])
        except (UnavailableError, Deposed):
            raise
        except Exception as error:
            await self._blame(batch, error)
            return
        for told in batch:
            told.end()

    async def _blame(self, batch: Sequence[_Told], error: Exception) -> None:
        """Find the report that cannot be settled: it must not hold up the others."""
        if len(batch) > 1:
            for told in batch:
                await self._settle([told])
        elif len(batch[0].reports) > 1:
            await self._settle_apart(batch[0])
        else:
            (report,) = batch[0].reports
            log.error("report not settled", report=report.model_dump(mode="json"), exc_info=error)
            batch[0].end(error)

    async def _settle_apart(self, told: _Told) -> None:
        parts = [_Told([report]) for report in told.reports]
        for part in parts:
            await self._settle([part])
        errors = [error for part in parts if isinstance(error := part.settled.exception(), Exception)]
        told.end(errors[0] if errors else None)

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
        over = {end.attempt_id for end in verdicts.attempts}
        begun = [(it.attempt_id, it.agent_id) for it in verdicts.started if it.attempt_id not in over]
        await settlement.run(begun)
        await settlement.count_deaths(verdicts.deaths)
        settled.merging = await settlement.end(verdicts.attempts, verdicts.segments)
        for job_id, failure in verdicts.failed_jobs.items():
            if await settlement.fail(job_id, failure):
                settled.failed.add(job_id)
        for job_id in verdicts.touched & settlement.cancelling:
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
        flight = board.land(landing.attempt_id, landing.seconds, again=landing.again)
        if flight is None:
            board.owe((landing.job_id, landing.index), landing.seconds)
            if landing.again and (facts := board.jobs.get(landing.job_id)):
                board.wait(facts, landing.index)
        elif 0.0 < landing.seconds < (held := time.monotonic() - flight.released_at):
            board.estimates.learn_overhead(flight.pool, held - landing.seconds)

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
