"""What users see of their jobs while they wait."""

import time
from collections import defaultdict
from uuid import UUID

from contracts.messages import JobProgress, SegmentProgress
from contracts.subjects import job_progress, segment_progress
from scheduler.board import Flight, JobFacts
from scheduler.fairqueue import Forecast, Running, forecast
from scheduler.lead import Lead

_SEGMENTS_PERCENT = 95.0  # the rest is the merger's
_FORECAST_SHARE = 0.05  # of the time may go into looking ahead
_LEAST_REMAINING = 0.1  # of its estimate is expected of a segment that overruns it


class Progress:
    """Announces every job whose picture changed."""

    def __init__(self, lead: Lead) -> None:
        self._lead = lead
        self._told: dict[UUID, JobProgress] = {}
        self._forecasts: dict[str, Forecast] = {}
        self._forecast_due = 0.0

    async def listen(self) -> None:
        """Hear how far segments are, until cancelled."""
        async with self._lead.bus.listen(segment_progress("*"), SegmentProgress) as stream:
            async for _, message in stream:
                self.hear(message)

    def hear(self, message: SegmentProgress) -> None:
        """An agent said how far an attempt is."""
        flight = self._lead.board.flights.get(message.attempt_id)
        if flight is not None:
            flight.hear(message, time.monotonic())
            self._lead.board.queue(flight.pool).observe(flight.key, message.gpu_seconds)

    async def announce(self) -> None:
        """Tell of every job that looks otherwise than last time."""
        self._look_ahead()
        board = self._lead.board
        gone, board.ended = board.ended, []
        flights = defaultdict(list)
        for flight in board.flights.values():
            flights[flight.job_id].append(flight)
        for facts in [*board.jobs.values(), *gone]:
            await self._tell(self._picture(facts, flights[facts.id]))
        for job_id in self._told.keys() - board.jobs.keys():
            del self._told[job_id]

    async def _tell(self, picture: JobProgress) -> None:
        if self._told.get(picture.job_id) != picture:
            self._told[picture.job_id] = picture
            await self._lead.bus.announce(job_progress(picture.job_id), picture)

    def _picture(self, facts: JobFacts, flights: list[Flight]) -> JobProgress:
        frames = facts.frames_done + sum(flight.frames for flight in flights)
        if facts.frames_total:
            frames = min(frames, facts.frames_total)
            part = frames / facts.frames_total
        else:
            part = facts.segments_done / facts.segments_total
        ahead = self._forecasts.get(facts.pool, Forecast())
        eta = ahead.ends.get(facts.id)
        return JobProgress(
            job_id=facts.id,
            state=facts.state,
            percent=round(_SEGMENTS_PERCENT * part, 1),
            frames_done=frames,
            frames_total=facts.frames_total,
            segments_done=facts.segments_done,
            segments_total=facts.segments_total,
            paused=not facts.terms.cap,
            queue_position=ahead.positions.get(facts.id),
            eta_seconds=None if eta is None else round(eta, 1),
        )

    def _look_ahead(self) -> None:
        start = time.monotonic()
        if start < self._forecast_due:
            return
        for pool, queue in self._lead.board.queues.items():
            slots = self._lead.agents.slots(pool)
            self._forecasts[pool] = (
                forecast(queue, self._running(pool, start), slots) if slots else Forecast()
            )
        self._forecast_due = start + (time.monotonic() - start) / _FORECAST_SHARE

    def _running(self, pool: str, now: float) -> list[Running]:
        board = self._lead.board
        return [
            Running(facts.user, facts.id, self._remaining(facts, flight, now))
            for flight in board.flights.values()
            if flight.pool == pool and (facts := board.jobs.get(flight.job_id)) is not None
        ]

    def _remaining(self, facts: JobFacts, flight: Flight, now: float) -> float:
        expected = self._lead.board.estimates.seconds(facts.cost_class, facts.seconds[flight.index])
        spent = now - flight.started_at if flight.started_at is not None else 0.0
        return max(expected - spent, _LEAST_REMAINING * expected)
