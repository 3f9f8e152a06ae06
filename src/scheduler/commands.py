"""What users ask of a job: stop, or try again. The row decides whether it still can be."""

from uuid import UUID

from contracts.errors import Failure, Reason
from contracts.states import AttemptState, JobState, SegmentState
from scheduler.admission import admit
from scheduler.dispatcher import Dispatcher
from scheduler.lead import Lead, remove_soon, stop_agents
from scheduler.planner import Planner
from storage import keys
from storage.dispatch import load_job
from storage.fence import fenced
from storage.lifecycle import reopen_job
from storage.outcomes import AttemptEnd, SegmentEnd, Settlement, settling_job

CANCELLED = Failure(reason=Reason.CANCELLED, message="The job was cancelled.")


class Commands:
    """Carries out commands; each may come twice."""

    def __init__(self, lead: Lead, dispatcher: Dispatcher, planner: Planner) -> None:
        self._lead, self._dispatcher, self._planner = lead, dispatcher, planner

    async def cancel(self, job_id: UUID) -> None:
        """Drop what waits, stop what runs. The job ends as cancelled when nothing of it runs any more."""
        async with settling_job(job_id, self._lead.fence) as settlement:
            if not await settlement.is_cancelling(job_id):
                return
            unstarted = await _end_open(settlement, AttemptState.RELEASED)
            await settlement.drop_waiting(job_id)
            over = await settlement.cancel_if_stopped(job_id)
        self._lead.board.end(job_id, JobState.CANCELLED if over else JobState.CANCELLING)
        self._land(unstarted)
        # Even where nothing had started: an agent may have got the message a moment ago.
        await stop_agents(self._lead.bus, job_id)
        if over:
            remove_soon(self._lead, keys.segments_prefix(job_id))

    async def retry(self, job_id: UUID) -> None:
        """Run what is missing of a failed job."""
        async with settling_job(job_id, self._lead.fence) as settlement:
            open_still = await _end_open(settlement, AttemptState.RELEASED, AttemptState.RUNNING)
        self._land(open_still)
        async with fenced(self._lead.fence):
            reopened = await reopen_job(job_id)
        if not reopened:
            return
        job = await load_job(job_id)
        if job is not None and job.state is JobState.QUEUED:
            self._planner.start(job_id)
        elif job is not None:
            await admit(self._lead, self._dispatcher, job)

    def _land(self, attempt_ids: list[UUID]) -> None:
        for attempt_id in attempt_ids:
            self._lead.board.land(attempt_id, 0.0, again=False)
        self._lead.wake.set()


async def _end_open(settlement: Settlement, *states: AttemptState) -> list[UUID]:
    """End a job's attempts that are in one of the states, and their segments, as cancelled."""
    rows = [row for row in settlement.attempts.values() if row.state in states]
    ends = [AttemptEnd(row.attempt_id, AttemptState.CANCELLED, None, 0.0, 0.0, CANCELLED) for row in rows]
    released = {row.segment_id for row in rows if row.segment is SegmentState.RELEASED}
    await settlement.end(ends, [SegmentEnd(segment, SegmentState.CANCELLED) for segment in released])
    return [row.attempt_id for row in rows]
