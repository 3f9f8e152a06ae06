"""Users as admins find and change them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q

from contracts.errors import Reason, RequestError
from contracts.messages import now
from storage.admin.deeds import By, note, write
from storage.database import guard, transaction
from storage.models import ApiKey, Session, Tier, User

Position = tuple[datetime, UUID]


@guard()
async def find_users(
    before: Position | None, limit: int, *, text: str = "", tier: str | None = None
) -> list[User]:
    """Users whose address holds `text`, or whose id it is, newest first, with their tiers."""
    query = User.filter(_matches(text))
    if tier:
        query = query.filter(tier_id=tier)
    if before is not None:
        moment, user_id = before
        query = query.filter(Q(created_at__lt=moment) | Q(created_at=moment, id__lt=user_id))
    return await query.order_by("-created_at", "-id").limit(limit).select_related("tier")


def _matches(text: str) -> Q:
    try:
        return Q(id=UUID(text.strip()))
    except ValueError:
        return Q(email__icontains=text.strip()) if text.strip() else Q()


@guard()
async def user_of(user_id: UUID) -> User:
    """A user with his tier.

    Raises:
        RequestError: NOT_FOUND.
    """
    user = await User.get_or_none(id=user_id).select_related("tier")
    if user is None:
        raise _no_such_user(user_id)
    return user


async def change_user(by: By, user_id: UUID, columns: Mapping[str, Any]) -> None:
    """Write columns of a user; running schedulers follow at once.

    Raises:
        RequestError: NOT_FOUND (the user, or the tier in `tier_id`).
    """
    async with transaction() as connection:
        row = await _held(connection, user_id)
        tier = columns.get("tier_id")
        if tier is not None and not await Tier.filter(name=tier).using_db(connection).exists():
            raise RequestError(Reason.NOT_FOUND, f"There is no tier called {tier}.", tier=tier)
        await write(connection, by, row, columns, "user.change", f"user:{user_id}")


async def block_user(by: By, user_id: UUID) -> None:
    """Refuse a user everywhere, and start nothing of his. Asking again changes nothing.

    Raises:
        RequestError: NOT_FOUND; CONFLICT for oneself.
    """
    async with transaction() as connection:
        row = await _held(connection, user_id)
        _check_other(by, user_id, "block")
        if row.blocked_at is None:
            await Session.filter(user_id=user_id).using_db(connection).delete()
            row.blocked_at = now()
            await row.save(using_db=connection, update_fields=["blocked_at"])
            await note(connection, by, "user.block", f"user:{user_id}", after={"blocked_at": row.blocked_at})


async def unblock_user(by: By, user_id: UUID) -> None:
    """Let a user in again. Asking again changes nothing.

    Raises:
        RequestError: NOT_FOUND.
    """
    async with transaction() as connection:
        row = await _held(connection, user_id)
        if row.blocked_at is not None:
            before = {"blocked_at": row.blocked_at}
            row.blocked_at = None
            await row.save(using_db=connection, update_fields=["blocked_at"])
            await note(connection, by, "user.unblock", f"user:{user_id}", before=before)


async def set_admin(by: By, user_id: UUID, is_admin: bool) -> None:
    """Make a user an admin, or one like others; then keys of the scope `admin` open no more than others.

    Raises:
        RequestError: NOT_FOUND; CONFLICT for oneself, so that one is always left.
    """
    async with transaction() as connection:
        row = await _held(connection, user_id)
        _check_other(by, user_id, "demote")
        action = "user.promote" if is_admin else "user.demote"
        await write(connection, by, row, {"is_admin": is_admin}, action, f"user:{user_id}")


@guard()
async def keys_in_use(user_id: UUID) -> int:
    """How many API keys of a user open something."""
    return await ApiKey.filter(user_id=user_id, revoked_at=None).count()


def _check_other(by: By, user_id: UUID, verb: str) -> None:
    if by.user_id == user_id:
        raise RequestError(Reason.CONFLICT, f"You cannot {verb} yourself. Another admin can.")


async def _held(connection: BaseDBAsyncClient, user_id: UUID) -> User:
    row = await User.filter(id=user_id).using_db(connection).select_for_update().get_or_none()
    if row is None:
        raise _no_such_user(user_id)
    return row


def _no_such_user(user_id: UUID) -> RequestError:
    return RequestError(Reason.NOT_FOUND, "There is no such user.", user_id=str(user_id))


@guard()
async def people_of(user_ids: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """Address and tier of users by id."""
    rows = await User.filter(id__in=user_ids).values("id", "email", "tier_id") if user_ids else []
    return {row["id"]: (row["email"], row["tier_id"]) for row in rows}
