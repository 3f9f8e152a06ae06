"""Everyone's terms, as the tables have them now. A change reaches the fair queue as soon as it is written."""

import asyncio
from collections.abc import Collection, Iterable
from itertools import islice
from uuid import UUID

import structlog

from contracts.errors import UnavailableError
from contracts.settings import DatabaseSettings
from contracts.tiers import EVERYTHING
from scheduler.board import Board
from scheduler.fairqueue import Terms
from storage.models import User
from storage.notify import Channel, listen
from storage.tariffs import (
    CHANNEL,
    Standing,
    TierTerms,
    paused_scopes,
    standing_of,
    standings,
    terms_of_tier,
    tier_terms,
    users_among,
)

log = structlog.get_logger()

POLL_SECONDS = 30.0  # notifications tell of every change; this is for the one that gets lost
_PAUSE_SECONDS = 0.5
_AT_ONCE = 500  # users whose terms are looked at before others get the processor


class Tariffs:
    """Tiers, pauses, and the standing of every user with work.

    A standing is read from the job's row once and follows the notifications from then on, so that none can be
    older than the last change. A paused or blocked user has a cap of 0 and no burst.
    """

    def __init__(self, settings: DatabaseSettings, board: Board, wake: asyncio.Event) -> None:
        self._settings, self._board, self._wake = settings, board, wake
        self._tiers: dict[str, TierTerms] = {}
        self._paused: frozenset[str] = frozenset()
        self._standings: dict[UUID, Standing] = {}

    async def read(self) -> bool:
        """Read tiers and pauses; whether they are others than before. Raises UnavailableError."""
        before = self._tiers, self._paused
        self._tiers, self._paused = await tier_terms(), await paused_scopes()
        return before != (self._tiers, self._paused)

    def terms_of(self, user: User) -> Terms:
        """The terms of a user whose row and tier were just read."""
        self._tiers.setdefault(user.tier_id, terms_of_tier(user.tier))
        return self._terms(self._standings.setdefault(user.id, standing_of(user)))

    async def follow(self) -> None:
        """Give the fair queue every change, until cancelled."""
        while True:
            try:
                async with listen(self._settings, CHANNEL) as channel:
                    await self._hear(channel)
            except UnavailableError as error:
                log.warning("tariffs are not followed", cause=str(error))
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _hear(self, channel: Channel) -> None:
        await self._read_everyone()
        while True:
            if await channel.wait(POLL_SECONDS):
                await self._read_changed(users_among(channel.take()))
            else:
                await self._read_everyone()

    async def _read_changed(self, users: set[UUID]) -> None:
        others_too = await self._catch_up(users)
        await self._apply(self._users() if others_too else users)

    async def _read_everyone(self) -> None:
        users = self._users()
        await self._catch_up(users)
        await self._apply(users)
        for user in self._standings.keys() - self._users():
            del self._standings[user]

    async def _catch_up(self, users: Collection[UUID]) -> bool:
        """Read standings, then tiers: those are there before anybody is on them. Whether tiers are others now."""
        await self._learn(users)
        others_too = await self.read()
        while lost := self._without_tier(self._standings if others_too else users):
            # They have moved on, and their tier was removed behind them.
            for user in lost:
                del self._standings[user]
            await self._learn(lost)
            others_too = await self.read() or others_too
        return others_too

    def _without_tier(self, users: Iterable[UUID]) -> list[UUID]:
        known = (user for user in users if user in self._standings)
        return [user for user in known if self._standings[user].tier not in self._tiers]

    async def _learn(self, users: Collection[UUID]) -> None:
        for part in _parts(users):
            self._standings.update(await standings(part))

    async def _apply(self, users: Collection[UUID]) -> None:
        for part in _parts(users):
            now = {user: self._terms(self._standings[user]) for user in part if user in self._standings}
            self._board.reweigh(now)
            self._wake.set()
            await asyncio.sleep(0)

    def _users(self) -> set[UUID]:
        return set(self._board.jobs.users())

    def _terms(self, own: Standing) -> Terms:
        tier = self._tiers[own.tier]
        weight = tier.weight if own.weight is None else own.weight
        if own.blocked or self._paused & {EVERYTHING, own.tier}:
            return Terms(weight, cap=0)
        cap = tier.max_in_flight if own.max_in_flight is None else own.max_in_flight
        return Terms(weight, cap, tier.burst if own.burst is None else own.burst)


def _parts(users: Iterable[UUID]) -> Iterable[list[UUID]]:
    rest = iter(users)
    while part := list(islice(rest, _AT_ONCE)):
        yield part
