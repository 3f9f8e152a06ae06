"""Hands out what is due, as soon as a slot is free: rows first, then the messages."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from uuid import UUID, uuid4

from bus.bundle import Parcel
from contracts.states import JobState
from scheduler.board import Flight
from scheduler.fairqueue import Work
from scheduler.lead import Lead
from scheduler.reserve import Reserve
from scheduler.tasks import tasks_of
from storage.dispatch import Release, Released, release

_ROUND = 256  # segments released in one transaction at most


class Dispatcher:
    """Releases as many segments as there are free slots, and a small reserve where segments are short."""

    def __init__(self, lead: Lead) -> None:
        self._lead = lead
        self._reserves: dict[str, Reserve] = defaultdict(Reserve)

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
        handed = {item.attempt_id: item for item in await release(self._lead.fence, wanted)}
        for attempt, (pool, work) in picked.items():
            if attempt in handed:
                self._launch(handed[attempt], pool)
            else:  # its job was stopped a moment ago: whoever did so cleans up
                self._lead.board.queue(pool).finish(work.key, 0.0)
        self.publish([handed[attempt] for attempt in picked if attempt in handed])
        return True

    def _launch(self, item: Released, pool: str) -> None:
        board = self._lead.board
        board.launch(Flight(item.attempt_id, item.job_id, item.index, pool))
        if item.job_id in board.jobs:
            board.jobs[item.job_id].state = JobState.RUNNING

    def _pick(self) -> list[tuple[str, Work]]:
        picked: list[tuple[str, Work]] = []
        for pool, queue in self._lead.board.queues.items():
            free, reserve = self._free(pool), self._reserves[pool]
            while free > 0 and len(picked) < _ROUND and (work := queue.next()) is not None:
                picked.append((pool, work))
                reserve.learn(self._lead.board.estimate(work))
                free -= 1
        return picked

    def _free(self, pool: str) -> int:
        slots = self._lead.agents.slots(pool)
        return slots + self._reserves[pool].size(slots) - self._lead.board.flying(pool)

    def publish(self, released: Sequence[Released]) -> None:
        """Send the tasks of attempts whose rows are written; the broker drops one that was sent before."""
        if tasks := tasks_of(self._lead.board.jobs, released):
            self._lead.group.create_task(self._send(tasks))

    async def _send(self, tasks: Sequence[Parcel]) -> None:
        for error in await self._lead.bus.publish_all(tasks):
            if error is not None:
                raise error


def _id(job: Hashable) -> UUID:
    assert isinstance(job, UUID)
    return job
