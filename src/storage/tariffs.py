"""Who is entitled to what at this moment, and being told when that changes.

Triggers of the tables `tiers`, `pauses` and `users` notify the channel, whoever changed a row.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from tortoise.connection import get_connections

from storage.database import guard
from storage.models import Pause, Tier, User
from storage.orm import CONNECTION

CHANNEL = "tariffs"

_STANDINGS = """
SELECT id, tier_id AS tier, weight, max_in_flight, burst, blocked_at IS NOT NULL AS blocked
FROM users WHERE id = ANY($1::uuid[])
"""


@dataclass(frozen=True, slots=True)
class TierTerms:
    """What a tier gives each of its users."""

    weight: float
    max_in_flight: int
    burst: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What a user's own row says; None where the tier decides."""

    tier: str
    weight: float | None = None
    max_in_flight: int | None = None
    burst: bool | None = None
    blocked: bool = False


def standing_of(user: User) -> Standing:
    """The standing that a row tells of."""
    return Standing(
        user.tier_id, user.weight, user.max_in_flight, user.burst, blocked=user.blocked_at is not None
    )


def terms_of_tier(tier: Tier) -> TierTerms:
    """The terms that a tier's row tells of."""
    return TierTerms(tier.weight, tier.max_in_flight, tier.burst)


@guard()
async def tier_terms() -> dict[str, TierTerms]:
    """The terms of every tier by name."""
    return {tier.name: terms_of_tier(tier) for tier in await Tier.all()}


@guard()
async def paused_scopes() -> frozenset[str]:
    """Names of the tiers that are paused; `contracts.tiers.EVERYTHING` among them where all are."""
    return frozenset([pause.scope for pause in await Pause.all()])


@guard()
async def standings(user_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """The standing of each of these users; one that is gone is missing."""
    if not user_ids:
        return {}
    connection = get_connections().get(CONNECTION)
    rows = await connection.execute_query_dict(_STANDINGS, [list(user_ids)])
    return {row.pop("id"): Standing(**row) for row in rows}


def users_among(payloads: Iterable[str]) -> set[UUID]:
    """The users that notifications of the channel name; the others name tiers and pauses."""
    named = (payload.partition(":") for payload in payloads)
    return {UUID(name) for kind, _, name in named if kind == "user"}
