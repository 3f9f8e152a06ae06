"""What an admin sees of the queue. Drawn only while somebody looks, and beside the work of the scheduler."""

import asyncio
import os
import socket
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from uuid import UUID

from contracts.messages import now
from contracts.queue import PoolQueue, QueueQuestion, QueueSnapshot, UserQueue
from contracts.subjects import ADMIN_QUEUE, admin_answer
from scheduler.board import Flight, JobFacts
from scheduler.fairqueue import Share
from scheduler.fairqueue.flow import Flow
from scheduler.fairqueue.snapshot import shares_of
from scheduler.lead import Lead

_SHARE = 0.1  # of the time may go into drawing; a picture serves all questions that come meanwhile
_LEAST_SECONDS = 0.25  # between two pictures


@dataclass(frozen=True, slots=True)
class _Pool:
    """A pool, copied so that another thread may look at it."""

    name: str
    slots: int
    in_flight: int
    waiting: int
    flows: Sequence[Flow]


@dataclass(frozen=True, slots=True)
class _Picture:
    """Shares of every user by pool, the jobs they come from, and when each job's youngest flight began."""

    pools: list[PoolQueue]
    shares: list[tuple[str, Share]]
    jobs: Sequence[JobFacts]
    released: dict[UUID, float]


class Window:
    """Answers `admin.queue` as long as its scheduler leads."""

    def __init__(self, lead: Lead) -> None:
        self._lead = lead
        self._since = now()
        self._picture = _Picture([], [], [], {})
        self._due = 0.0

    async def answer(self) -> None:
        """Answer questions until cancelled."""
        async with self._lead.bus.listen(ADMIN_QUEUE, QueueQuestion) as questions:
            async for _, question in questions:
                snapshot = await self.look(question)
                await self._lead.bus.announce(admin_answer(question.id), snapshot)

    async def look(self, question: QueueQuestion) -> QueueSnapshot:
        """The queue as it is, or was when it was drawn last."""
        if time.monotonic() >= self._due:
            await self._draw()
        shares = self._picture.shares
        if question.user_id is not None:
            shares = [pair for pair in shares if pair[1].user == question.user_id]
        wanted = nlargest(question.top, shares, key=_size)
        users = await asyncio.to_thread(_users, wanted, self._picture)
        return QueueSnapshot(
            leader=f"{socket.gethostname()}:{os.getpid()}",
            fence=self._lead.fence,
            since=self._since,
            pools=self._picture.pools,
            users=users,
            users_total=len(self._picture.shares),
        )

    async def _draw(self) -> None:
        began = time.monotonic()
        board = self._lead.board
        jobs, flights = list(board.jobs.values()), list(board.flights.values())
        self._picture = await asyncio.to_thread(_draw, self._copies(), jobs, flights)
        took = time.monotonic() - began
        self._due = began + max(_LEAST_SECONDS, took / _SHARE)

    def _copies(self) -> list[_Pool]:
        board, agents = self._lead.board, self._lead.agents
        names = sorted({*board.queues, *agents.pools()})
        return [
            _Pool(
                name=name,
                slots=agents.slots(name),
                in_flight=board.flying(name),
                waiting=board.queue(name).waiting,
                flows=list(board.queue(name).flows()),
            )
            for name in names
        ]


def _draw(pools: Iterable[_Pool], jobs: Sequence[JobFacts], flights: Iterable[Flight]) -> _Picture:
    shares, shown = [], []
    for pool in pools:
        found = shares_of(pool.flows, pool.slots)
        shares += [(pool.name, share) for share in found]
        shown.append(
            PoolQueue(
                pool=pool.name,
                slots=pool.slots,
                in_flight=pool.in_flight,
                waiting=pool.waiting,
                users=len(found),
            )
        )
    released: dict[UUID, float] = {}
    for flight in flights:
        released[flight.job_id] = max(flight.released_at, released.get(flight.job_id, 0.0))
    return _Picture(shown, shares, jobs, released)


def _size(pair: tuple[str, Share]) -> tuple[int, float]:
    return pair[1].waiting + pair[1].in_flight, pair[1].due


def _users(wanted: Sequence[tuple[str, Share]], picture: _Picture) -> list[UserQueue]:
    theirs: dict[tuple[str, object], list[JobFacts]] = {(pool, share.user): [] for pool, share in wanted}
    for facts in picture.jobs:
        mine = theirs.get((facts.pool, facts.user))
        if mine is not None:
            mine.append(facts)
    return [_user(pool, share, theirs[pool, share.user], picture.released) for pool, share in wanted]


def _user(pool: str, share: Share, jobs: Sequence[JobFacts], released: dict[UUID, float]) -> UserQueue:
    assert isinstance(share.user, UUID)
    return UserQueue(
        user_id=share.user,
        pool=pool,
        weight=share.terms.weight,
        cap=share.terms.cap,
        burst=share.terms.burst,
        waiting=share.waiting,
        in_flight=share.in_flight,
        served=share.served,
        due=share.due,
        got=share.got,
        jobs=len(jobs),
        wait_seconds=_wait(jobs, released) if share.waiting else None,
    )


def _wait(jobs: Sequence[JobFacts], released: dict[UUID, float]) -> float | None:
    flying = [released[facts.id] for facts in jobs if facts.id in released]
    if flying:
        return max(0.0, time.monotonic() - max(flying))
    return max((time.time() - facts.order for facts in jobs), default=None)
