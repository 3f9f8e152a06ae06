"""A user and the user's API keys."""

from datetime import datetime
from typing import Self
from uuid import UUID

from contracts.scopes import Scope
from contracts.tiers import TierPolicy
from gateway.views.base import View
from storage.models import ApiKey, User


class UserView(View):
    """The user who asks, with what the user's tier allows."""

    id: UUID
    email: str
    tier: TierPolicy
    created_at: datetime

    @classmethod
    def of(cls, user: User, tier: TierPolicy) -> Self:
        """The view of a user."""
        return cls(id=user.id, email=user.email, tier=tier, created_at=user.created_at)


class KeyView(View):
    """An API key without its secret."""

    id: UUID
    name: str
    prefix: str
    scope: Scope
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """The view of a key."""
        return cls.model_validate(key)


class NewKeyView(KeyView):
    """An API key just made. `key` is its text, shown this once."""

    key: str
