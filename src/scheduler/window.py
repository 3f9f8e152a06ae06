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
from contracts.queue import MOST_USERS, PoolQueue, QueueQuestion, QueueSnapshot, UserQueue
from contracts.subjects import ADMIN_QUEUE, admin_answer
from scheduler.board import Flight, JobFacts
from scheduler.fairqueue import Share
from scheduler.fairqueue.flow import Flow
from scheduler.fairqueue.snapshot import Division
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
    """Pools, what is due in each, and the users with most work, as they were when it was drawn.

    `released` is when each job's youngest flight began, in seconds of the monotonic clock.
    """

    pools: list[PoolQueue]
    divisions: list[tuple[str, Division]]
    largest: list[tuple[str, Share]]
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
        picture = self._picture
        wanted = picture.largest[: question.top]
        if question.user_id is not None:
            wanted = await asyncio.to_thread(_shares_of, picture, question.user_id)
        return QueueSnapshot(
            leader=f"{socket.gethostname()}:{os.getpid()}",
            fence=self._lead.fence,
            since=self._since,
            pools=picture.pools,
            users=[self._user(pool, share) for pool, share in wanted],
            users_total=sum(pool.users for pool in picture.pools),
        )

    async def _draw(self) -> None:
        began = time.monotonic()
        flights = list(self._lead.board.flights.values())
        self._picture = await asyncio.to_thread(_draw, self._copies(), flights)
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

    def _user(self, pool: str, share: Share) -> UserQueue:
        assert isinstance(share.user, UUID)
        jobs = [facts for facts in self._lead.board.jobs.of(share.user) if facts.pool == pool]
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
            wait_seconds=_wait(jobs, self._picture.released) if share.waiting else None,
        )


def _draw(pools: Iterable[_Pool], flights: Iterable[Flight]) -> _Picture:
    divisions = [(pool, Division(pool.flows, pool.slots)) for pool in pools]
    released: dict[UUID, float] = {}
    for flight in flights:
        released[flight.job_id] = max(flight.released_at, released.get(flight.job_id, 0.0))
    return _Picture(
        pools=[_pool(pool, len(division.flows)) for pool, division in divisions],
        divisions=[(pool.name, division) for pool, division in divisions],
        largest=_largest([(pool.name, division) for pool, division in divisions]),
        released=released,
    )


def _pool(pool: _Pool, users: int) -> PoolQueue:
    return PoolQueue(
        pool=pool.name, slots=pool.slots, in_flight=pool.in_flight, waiting=pool.waiting, users=users
    )


def _largest(divisions: Sequence[tuple[str, Division]]) -> list[tuple[str, Share]]:
    found = [
        (name, division.share(flow))
        for name, division in divisions
        for flow in nlargest(MOST_USERS, division.flows, key=_size)
    ]
    return nlargest(MOST_USERS, found, key=lambda pair: (pair[1].waiting + pair[1].in_flight, pair[1].due))


def _size(flow: Flow) -> int:
    return len(flow.backlog) + flow.in_flight


def _shares_of(picture: _Picture, user: UUID) -> list[tuple[str, Share]]:
    return [
        (name, division.share(flow))
        for name, division in picture.divisions
        for flow in division.flows
        if flow.user == user
    ]


def _wait(jobs: Sequence[JobFacts], released: dict[UUID, float]) -> float | None:
    flying = [released[facts.id] for facts in jobs if facts.id in released]
    if flying:
        return max(0.0, time.monotonic() - max(flying))
    return max((time.time() - facts.order for facts in jobs), default=None)
