"""Users, tariffs, log-ins and API keys as named queries."""

from datetime import datetime
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from contracts.errors import Reason, RequestError
from contracts.messages import now
from contracts.scopes import Scope
from contracts.tiers import TierPolicy
from storage.models import ApiKey, Session, Tier, User


async def tiers() -> list[TierPolicy]:
    """Every tariff, the smallest weight first."""
    return [TierPolicy.model_validate(row) for row in await Tier.all().order_by("weight", "name")]


async def tier_policy(name: str) -> TierPolicy:
    """The tariff called `name`.

    Raises:
        RequestError: NOT_FOUND where there is none.
    """
    row = await Tier.get_or_none(name=name)
    if row is None:
        raise RequestError(Reason.NOT_FOUND, f"There is no tier called {name}.", tier=name)
    return TierPolicy.model_validate(row)


async def policy_of(user: User) -> TierPolicy:
    """The tariff of `user`, with the user's own weight, cap and burst where they are set."""
    policy = await tier_policy(user.tier_id)
    own = {"weight": user.weight, "max_in_flight": user.max_in_flight, "burst": user.burst}
    return policy.model_copy(update={name: value for name, value in own.items() if value is not None})


async def create_user(email: str, password_hash: str | None, tier: str) -> User:
    """Add a user; `email` is in lower case.

    Raises:
        RequestError: EMAIL_TAKEN.
    """
    try:
        return await User.create(id=uuid4(), email=email, password_hash=password_hash, tier_id=tier)
    except IntegrityError as error:
        raise RequestError(
            Reason.EMAIL_TAKEN, "There is an account with this address already. Log in instead."
        ) from error


async def user_by_email(email: str) -> User | None:
    """The user with this address in lower case."""
    return await User.get_or_none(email=email)


async def set_password_hash(user_id: UUID, password_hash: str) -> None:
    """Keep a new hash, made with today's parameters or of a new password."""
    await User.filter(id=user_id).update(password_hash=password_hash)


async def open_session(token_hash: str, user_id: UUID, csrf_token: str, expires_at: datetime) -> Session:
    """Remember a log-in."""
    return await Session.create(
        token_hash=token_hash, user_id=user_id, csrf_token=csrf_token, expires_at=expires_at
    )


async def live_session(token_hash: str) -> Session | None:
    """The log-in with its user, unless it has expired."""
    return await Session.get_or_none(token_hash=token_hash, expires_at__gt=now()).select_related("user")


async def end_session(token_hash: str) -> None:
    """Forget a log-in; one that is not there is no error."""
    await Session.filter(token_hash=token_hash).delete()


async def remove_expired_sessions() -> int:
    """Forget log-ins past their time and say how many."""
    return await Session.filter(expires_at__lte=now()).delete()


async def add_key(user_id: UUID, name: str, prefix: str, key_hash: str, scope: Scope = Scope.USER) -> ApiKey:
    """Remember an API key by its hash."""
    return await ApiKey.create(
        id=uuid4(), user_id=user_id, name=name, prefix=prefix, key_hash=key_hash, scope=scope
    )


async def live_key(prefix: str) -> ApiKey | None:
    """The key that `prefix` names, with its user, unless it was revoked."""
    return await ApiKey.get_or_none(prefix=prefix, revoked_at=None).select_related("user")


async def keys_of(user_id: UUID) -> list[ApiKey]:
    """The user's keys that were not revoked, newest first."""
    return await ApiKey.filter(user_id=user_id, revoked_at=None).order_by("-created_at")


async def touch_key(key_id: UUID) -> None:
    """Note that a key was used now."""
    await ApiKey.filter(id=key_id).update(last_used_at=now())


async def revoke_key(user_id: UUID, key_id: UUID) -> bool:
    """Make a key of the user useless; False where the user has no such key in use."""
    return bool(await ApiKey.filter(id=key_id, user_id=user_id, revoked_at=None).update(revoked_at=now()))
