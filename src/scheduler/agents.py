"""Which agents are there, by their cards in the `agents` bucket."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import structlog
from nats.aio.msg import Msg
from pydantic import ValidationError

from bus.bucket import Bucket, is_removal
from bus.connection import Bus
from bus.topology.declared import AGENT_TTL
from contracts.messages import AgentCard
from contracts.subjects import AGENTS_BUCKET

log = structlog.get_logger()

_LOOK_SECONDS = AGENT_TTL / 5
_LATE_SECONDS = 1.0


@dataclass(slots=True)
class _Present:
    card: AgentCard
    until: float


class Agents:
    """The agents that renewed their card within its life."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """`changed` is called when an agent comes, goes, or has another number of slots."""
        self._present: dict[str, _Present] = {}
        self._changed = changed

    async def watch(self, bus: Bus) -> None:
        """Follow the bucket until cancelled."""
        bucket = bus.bucket(AGENTS_BUCKET)
        subscription = await bus.nc.subscribe(bucket.subject(">"), cb=partial(self._hear, bucket))
        try:
            for key, card in (await bucket.entries(AgentCard)).items():
                self._present.setdefault(key, _Present(card, time.monotonic() + AGENT_TTL))
            self._changed()
            looked = time.monotonic()
            while True:
                await asyncio.sleep(_LOOK_SECONDS)
                # Whoever stood still for a while heard nobody: silence says nothing then.
                stood_still = time.monotonic() - looked > _LOOK_SECONDS + _LATE_SECONDS
                looked = time.monotonic()
                self._forgive() if stood_still else self._forget_silent()
        finally:
            if bus.nc.is_connected:
                await subscription.unsubscribe()

    def slots(self, pool: str) -> int:
        """Slots of a pool, all told."""
        return sum(present.card.slots for present in self._present.values() if present.card.pool == pool)

    def pools(self) -> set[str]:
        """Pools with an agent."""
        return {present.card.pool for present in self._present.values()}

    def encoders(self, pool: str) -> frozenset[str]:
        """Hardware encoders that every agent of a pool has, so that any of them can make any segment."""
        cards = [present.card for present in self._present.values() if present.card.pool == pool]
        return frozenset.intersection(*(frozenset(card.encoders) for card in cards)) if cards else frozenset()

    def idle(self, pool: str, *, besides: str | None = None) -> int:
        """Slots of a pool that are not busy, by the cards; those of the agent `besides` do not count."""
        cards = [present.card for present in self._present.values() if present.card.pool == pool]
        return sum(max(0, card.slots - len(card.busy)) for card in cards if card.agent_id != besides)

    def lives(self, agent_id: str, life: str) -> bool:
        """Whether that run of an agent is there; any of its runs where `life` is empty."""
        present = self._present.get(agent_id)
        return present is not None and life in ("", present.card.life)

    def busy(self) -> set[UUID]:
        """Attempts that are worked on, by the cards."""
        return {attempt for present in self._present.values() for attempt in present.card.busy}

    async def _hear(self, bucket: Bucket, msg: Msg) -> None:
        name = msg.subject.removeprefix(bucket.subject(""))
        if is_removal(msg.headers):
            if self._present.pop(name, None) is not None:
                self._changed()
            return
        try:
            self.note(name, AgentCard.model_validate_json(msg.data))
        except ValidationError as error:
            log.warning("unreadable agent card", agent=name, error=str(error))

    def note(self, name: str, card: AgentCard) -> None:
        """An agent showed its card."""
        before = self._present.get(name)
        self._present[name] = _Present(card, time.monotonic() + AGENT_TTL)
        if before is None or (before.card.slots, before.card.pool) != (card.slots, card.pool):
            self._changed()

    def _forgive(self) -> None:
        for present in self._present.values():
            present.until = time.monotonic() + AGENT_TTL

    def _forget_silent(self) -> None:
        now = time.monotonic()
        silent = [name for name, present in self._present.items() if present.until <= now]
        for name in silent:
            del self._present[name]
        if silent:
            log.info("agents are gone", agents=silent)
            self._changed()
