"""Looks ahead: how the queue of each pool will go on, drawn again and again beside the work of the scheduler."""

import asyncio
import time
from dataclasses import dataclass, field

from scheduler.board import Board, Flight, JobFacts
from scheduler.fairqueue import Forecast, Hypothesis, Outlook, Running
from scheduler.fairqueue.fluid import FarSight, Fluid
from scheduler.lead import Lead
from scheduler.pace import Pace
from scheduler.patience import frames_due
from scheduler.recall import recall_merges

_SHARE = 0.05  # of the time may go into looking ahead
RELEASES_AT_ONCE = 20
"""Run ahead before others get the processor."""

_LEAST_REMAINING = 0.1  # of its estimate is expected of a segment that overruns it
_MERGES_SECONDS = 10.0  # between two looks at what merges have taken


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of a job: segments of anyone before its next, None where none waits; seconds to its end."""

    position: int | None = None
    seconds: float | None = None


@dataclass(slots=True)
class _View:
    made_at: float = field(default_factory=time.monotonic)
    near: Forecast = field(default_factory=Forecast)
    far: Fluid | None = None


class Lookout:
    """Knows what is expected of every job. No look holds up the event loop for more than some milliseconds."""

    def __init__(self, lead: Lead) -> None:
        self._lead = lead
        self._views: dict[str, _View] = {}

    async def run(self) -> None:
        """Look ahead until cancelled. Raises UnavailableError, which ends the term."""
        merges_due = 0.0
        while True:
            if time.monotonic() >= merges_due:
                await recall_merges(self._lead.board.estimates)
                merges_due = time.monotonic() + _MERGES_SECONDS
            pace = Pace()
            await self.look(pace)
            pause = self._lead.settings.scheduler.progress_seconds
            await asyncio.sleep(max(pause, pace.worked * (1 / _SHARE - 1)))

    async def look(self, pace: Pace) -> None:
        """Draw every pool anew."""
        for pool in list(self._lead.board.queues):
            slots = self._lead.agents.slots(pool)
            self._views[pool] = await self._draw(pool, slots, pace) if slots else _View()

    def expected(self, facts: JobFacts) -> Expected:
        """What is expected of a job, its merge included."""
        view = self._views.get(facts.pool)
        if view is None:
            return Expected()
        position, ends = view.near.positions.get(facts.id), view.near.ends.get(facts.id)
        if view.far is not None and (position is None or ends is None):
            sight = view.far.of(facts.id)
            if sight is not None:
                position = sight.position if position is None else position
                ends = sight.ends if ends is None else ends
        if ends is None:
            return Expected(position)
        left = max(ends - (time.monotonic() - view.made_at), 0.0)
        return Expected(position, left + self._lead.board.estimates.merging.seconds(facts.seconds_total))

    async def suppose(self, pool: str, idea: Hypothesis, pace: Pace) -> FarSight | None:
        """What would be expected of a job that is submitted now; None where no agent is there, or in a pause."""
        slots = self._lead.agents.slots(pool)
        if not slots or not idea.terms.cap:
            return None
        running, overhead = running_in(self._lead.board, pool), self._lead.board.estimates.overhead(pool)
        outlook = Outlook(self._lead.board.queue(pool), running, slots, what_if=idea, overhead=overhead)
        while not outlook.knows(idea.job) and outlook.advance(RELEASES_AT_ONCE):
            await pace.breathe()
        if outlook.knows(idea.job):
            seen = outlook.forecast()
            return FarSight(seen.positions[idea.job], seen.starts[idea.job], seen.ends[idea.job])
        view = self._views.get(pool, _View())
        return view.far.suppose(idea) if view.far is not None else None

    async def _draw(self, pool: str, slots: int, pace: Pace) -> _View:
        view, queue = _View(), self._lead.board.queue(pool)
        running = running_in(self._lead.board, pool)
        outlook = Outlook(queue, running, slots, overhead=self._lead.board.estimates.overhead(pool))
        while outlook.advance(RELEASES_AT_ONCE):
            await pace.breathe()
        view.near = outlook.forecast()
        if outlook.is_cut_short:
            view.far = await self._draw_far(pool, slots, running, pace)
        return view

    async def _draw_far(self, pool: str, slots: int, running: list[Running], pace: Pace) -> Fluid:
        queue = self._lead.board.queue(pool)
        overhead = self._lead.board.estimates.overhead(pool)
        fluid = Fluid(queue.virtual_time, slots, sum(run.remaining for run in running), overhead)
        for flow in list(queue.flows()):
            if flow.backlog:
                fluid.add(flow, queue.runs(flow))
            await pace.breathe()
        fluid.settle()
        return fluid


def running_in(board: Board, pool: str) -> list[Running]:
    """What is in flight in a pool, and for how long still."""
    now = time.monotonic()
    return [
        Running(facts.user, facts.id, _remaining(board, facts, flight, now))
        for flight in board.flights.values()
        if flight.pool == pool and (facts := board.jobs.get(flight.job_id)) is not None
    ]


def _remaining(board: Board, facts: JobFacts, flight: Flight, now: float) -> float:
    """Seconds until the flight's end: by its own speed where it has done a part, else by the estimate."""
    expected = board.estimates.seconds(facts.cost_class, facts.seconds[flight.index])
    overhead = board.estimates.overhead(flight.pool)
    if flight.started_at is None:
        return expected + max(overhead - (now - flight.released_at), 0.0)
    spent, frames = now - flight.started_at, frames_due(board, flight)
    if frames and flight.frames > frames // 4:
        expected = max(flight.gpu_seconds, spent) * frames / min(flight.frames, frames)
    return max(expected - spent, _LEAST_REMAINING * expected)
