"""Tiers: made, changed, removed."""

from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.functions import Count

from contracts.errors import Reason, RequestError
from contracts.tiers import TierPolicy
from storage.admin.deeds import By, note, write
from storage.database import guard, transaction
from storage.models import Job, Pause, Tier, User


@guard()
async def users_by_tier() -> dict[str, int]:
    """How many users each tier has; one without any is missing."""
    rows = await User.all().group_by("tier_id").annotate(users=Count("id")).values("tier_id", "users")
    return {row["tier_id"]: row["users"] for row in rows}


async def create_tier(by: By, policy: TierPolicy) -> TierPolicy:
    """Add a tier.

    Raises:
        RequestError: CONFLICT where there is one of this name.
    """
    async with transaction() as connection:
        if await Tier.filter(name=policy.name).using_db(connection).exists():
            raise RequestError(
                Reason.CONFLICT, f"There is a tier called {policy.name} already.", tier=policy.name
            )
        row = await Tier.create(using_db=connection, **policy.model_dump())
        await note(connection, by, "tier.create", f"tier:{policy.name}", after=policy.model_dump())
    return TierPolicy.model_validate(row)


async def change_tier(by: By, name: str, columns: dict[str, Any]) -> TierPolicy:
    """Write columns of a tier; running schedulers follow at once.

    Raises:
        RequestError: NOT_FOUND.
    """
    async with transaction() as connection:
        row = await _held(connection, name)
        await write(connection, by, row, columns, "tier.change", f"tier:{name}")
    return TierPolicy.model_validate(row)


async def remove_tier(by: By, name: str) -> None:
    """Remove a tier that nobody is on and no stored job was made under.

    Raises:
        RequestError: NOT_FOUND; CONFLICT with what is in the way.
    """
    async with transaction() as connection:
        row = await _held(connection, name)
        users = await User.filter(tier_id=name).using_db(connection).count()
        # Retention of a job is that of its tier, which therefore has to stay until the job's files are gone.
        jobs = await Job.filter(tier_id=name, expired_at__isnull=True).using_db(connection).count()
        if users or jobs:
            raise RequestError(
                Reason.CONFLICT,
                f"{users} users are on the tier {name}, and {jobs} jobs made under it are stored. "
                "Move the users to another tier, and wait until the jobs' retention is over.",
                users=users,
                jobs=jobs,
            )
        await Pause.filter(scope=name).using_db(connection).delete()
        await row.delete(using_db=connection)
        before = TierPolicy.model_validate(row).model_dump()
        await note(connection, by, "tier.remove", f"tier:{name}", before=before)


async def _held(connection: BaseDBAsyncClient, name: str) -> Tier:
    row = await Tier.filter(name=name).using_db(connection).select_for_update().get_or_none()
    if row is None:
        raise RequestError(Reason.NOT_FOUND, f"There is no tier called {name}.", tier=name)
    return row
