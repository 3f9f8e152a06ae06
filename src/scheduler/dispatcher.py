"""Hands out what is due, as soon as a slot is free: rows first, then the messages."""

from collections.abc import Hashable, Sequence
from uuid import UUID, uuid4

from contracts.messages import SegmentTask
from contracts.states import JobState
from contracts.subjects import segment_task
from scheduler.board import Flight
from scheduler.fairqueue import Work
from scheduler.lead import Lead
from scheduler.tasks import task_of
from storage.dispatch import Release, Released, release

_ROUND = 256  # segments released in one transaction at most


class Dispatcher:
    """Releases no more segments than there are free slots."""

    def __init__(self, lead: Lead) -> None:
        self._lead = lead

    async def run(self) -> None:
        """Release whenever woken. Raises UnavailableError or Deposed, which end the term."""
        while True:
            await self._lead.wake.wait()
            self._lead.wake.clear()
            while await self._round():
                continue

    async def _round(self) -> bool:
        picked = {uuid4(): (pool, work) for pool, work in self._pick()}
        if not picked:
            return False
        wanted = [Release(attempt, _id(work.job), work.index) for attempt, (_, work) in picked.items()]
        released = await release(self._lead.fence, wanted)
        for item in released:
            pool, _ = picked.pop(item.attempt_id)
            self._lead.board.launch(Flight(item.attempt_id, item.job_id, item.index, pool))
            self._lead.board.jobs[item.job_id].state = JobState.RUNNING
        for pool, work in picked.values():  # its job was stopped a moment ago: whoever did so cleans up
            self._lead.board.queue(pool).finish(work.key, 0.0)
        self.publish(released)
        return True

    def _pick(self) -> list[tuple[str, Work]]:
        picked: list[tuple[str, Work]] = []
        for pool, queue in self._lead.board.queues.items():
            free = self._lead.agents.slots(pool) - self._lead.board.flying(pool)
            while free > 0 and len(picked) < _ROUND and (work := queue.next()) is not None:
                picked.append((pool, work))
                free -= 1
        return picked

    def publish(self, released: Sequence[Released]) -> None:
        """Send the tasks of attempts whose rows are written; the broker drops one that was sent before."""
        for item in released:
            facts = self._lead.board.jobs.get(item.job_id)
            if facts is not None:
                self._lead.group.create_task(self._send(facts.pool, task_of(facts, item)))

    async def _send(self, pool: str, task: SegmentTask) -> None:
        await self._lead.bus.publish(segment_task(pool), task, str(task.attempt_id))


def _id(job: Hashable) -> UUID:
    assert isinstance(job, UUID)
    return job
