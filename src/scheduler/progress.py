"""What users see of their jobs while they wait."""

import time
from collections import defaultdict
from math import log10
from uuid import UUID

from contracts.messages import JobProgress, SegmentProgress
from contracts.subjects import job_progress, segment_progress
from scheduler.board import Flight, JobFacts
from scheduler.lead import Lead
from scheduler.lookout import Lookout
from scheduler.pace import Pace

_SEGMENTS_PERCENT = 95.0  # the rest is the merger's
_SHARE = 0.1  # of the time may go into looking at jobs that only wait


class Progress:
    """Announces every job whose picture changed."""

    def __init__(self, lead: Lead, lookout: Lookout) -> None:
        self._lead, self._lookout = lead, lookout
        self._told: dict[UUID, JobProgress] = {}
        self._due = 0.0

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
        """Tell of every job that looks otherwise than last time.

        Those that only wait are looked at less often where they are so many that it takes long.
        """
        board, pace = self._lead.board, Pace()
        gone, board.ended = board.ended, []
        flights = defaultdict(list)
        for flight in board.flights.values():
            flights[flight.job_id].append(flight)
        everyone = time.monotonic() >= self._due
        seen = list(board.jobs.values()) if everyone else [*filter(None, map(board.jobs.get, flights))]
        for facts in [*gone, *seen]:
            await self._tell(self._picture(facts, flights[facts.id]))
            await pace.breathe()
        if everyone:
            self._due = time.monotonic() + pace.worked / _SHARE
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
        expected = self._lookout.expected(facts)
        return JobProgress(
            job_id=facts.id,
            state=facts.state,
            percent=round(_SEGMENTS_PERCENT * part, 1),
            frames_done=frames,
            frames_total=facts.frames_total,
            segments_done=facts.segments_done,
            segments_total=facts.segments_total,
            paused=not facts.terms.cap,
            queue_position=expected.position,
            eta_seconds=None if expected.seconds is None else _coarse(expected.seconds),
        )


def _coarse(seconds: float) -> float:
    """To a tenth below ten, else to two digits: a far end is told again only when it has moved."""
    return round(seconds, 1 if seconds < 10.0 else 1 - int(log10(seconds)))
