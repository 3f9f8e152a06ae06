"""Tiers with what admins want to know of them."""

from contracts.errors import Reason, RequestError
from contracts.settings import Settings
from gateway.admin.views import AdminTierView
from storage import accounts
from storage.admin import pauses, tiers
from storage.admin.deeds import By


async def list_tiers() -> list[AdminTierView]:
    """Every tier, the smallest weight first."""
    users, paused = await tiers.users_by_tier(), {pause.scope for pause in await pauses.pauses()}
    return [
        AdminTierView(**tier.model_dump(), users=users.get(tier.name, 0), paused=tier.name in paused)
        for tier in await accounts.tiers()
    ]


async def get_tier(name: str) -> AdminTierView:
    """One tier.

    Raises:
        RequestError: NOT_FOUND.
    """
    await accounts.tier_policy(name)
    return next(tier for tier in await list_tiers() if tier.name == name)


async def remove_tier(settings: Settings, by: By, name: str) -> None:
    """Remove a tier that nothing needs.

    Raises:
        RequestError: NOT_FOUND; CONFLICT for a tier that is in use, or that new accounts get.
    """
    if name == settings.gateway.default_tier:
        raise RequestError(
            Reason.CONFLICT, "New accounts get this tier: VISAGE_GATEWAY_DEFAULT_TIER names it.", tier=name
        )
    await tiers.remove_tier(by, name)
