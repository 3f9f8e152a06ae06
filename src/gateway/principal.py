"""Who asks: the user, by the page's session or by an API key."""

from dataclasses import dataclass
from uuid import UUID

from aiohttp import web

from contracts.errors import Reason, RequestError
from contracts.scopes import Scope
from contracts.tiers import TierPolicy
from storage.models import ApiKey, Session, User


@dataclass(frozen=True)
class Principal:
    """An authenticated user with the tariff that holds for the request.

    Exactly one of `session` (a log-in from the page) and `key` (an API key) is set.
    """

    user: User
    tier: TierPolicy
    session: Session | None = None
    key: ApiKey | None = None

    @property
    def user_id(self) -> UUID:
        """The user's id."""
        return self.user.id

    @property
    def is_admin(self) -> bool:
        """Whether the request may see and change the service: an admin at the page, or with a key for it."""
        return self.user.is_admin and (self.key is None or self.key.scope is Scope.ADMIN)


PRINCIPAL = web.RequestKey("principal", Principal)


def principal_of(request: web.Request) -> Principal:
    """Who sent the request.

    Raises:
        RequestError: UNAUTHENTICATED where nobody is logged in and no valid API key was sent.
    """
    principal: Principal | None = request.get(PRINCIPAL)
    if principal is None:
        raise RequestError(
            Reason.UNAUTHENTICATED,
            "Log in, or send an API key as `Authorization: Bearer vsg_...`.",
        )
    return principal
