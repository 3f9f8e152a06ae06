"""What admins did: written with each change, and read back newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.models import Model

from storage.database import guard
from storage.models import AuditEntry, User

PREFIX = "admin."


@dataclass(frozen=True, slots=True)
class By:
    """Who does it; None for whoever sits at the service's own command line. `address`: from where."""

    user_id: UUID | None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry of the log; `email` is that of who did it, None where the account is gone."""

    entry: AuditEntry
    email: str | None


async def note(
    connection: BaseDBAsyncClient,
    by: By,
    action: str,
    subject: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write a deed down: `action` such as "tier.change", `subject` such as "tier:pro"."""
    detail = {"before": before and dict(before), "after": after and dict(after)}
    await AuditEntry.create(
        using_db=connection,
        user_id=by.user_id,
        action=PREFIX + action,
        subject=subject[:255],
        address=by.address,
        detail=to_jsonable_python({name: value for name, value in detail.items() if value is not None}),
    )


async def write(
    connection: BaseDBAsyncClient, by: By, row: Model, columns: Mapping[str, Any], action: str, subject: str
) -> bool:
    """Change columns of a row that is held, and note what they were; False where none is another."""
    before = {name: getattr(row, name) for name in columns if getattr(row, name) != columns[name]}
    if not before:
        return False
    after = {name: columns[name] for name in before}
    row.update_from_dict(after)
    await row.save(using_db=connection, update_fields=[*before, *_stamps(row)])
    await note(connection, by, action, subject, before, after)
    return True


def _stamps(row: Model) -> list[str]:
    return ["updated_at"] if "updated_at" in row._meta.fields else []


@guard()
async def deeds(
    before: tuple[datetime, UUID] | None, limit: int, *, subject: str | None = None, by: UUID | None = None
) -> list[Deed]:
    """Deeds of admins, newest first; `before` is the last one of the page before, its id as a UUID."""
    query = AuditEntry.filter(action__startswith=PREFIX)
    if before is not None:
        query = query.filter(id__lt=before[1].int)
    if subject is not None:
        query = query.filter(subject=subject)
    if by is not None:
        query = query.filter(user_id=by)
    entries = await query.order_by("-id").limit(limit)
    emails = await emails_of({entry.user_id for entry in entries if entry.user_id})
    return [Deed(entry, emails.get(entry.user_id) if entry.user_id else None) for entry in entries]


@guard()
async def emails_of(user_ids: set[UUID]) -> dict[UUID, str]:
    """The addresses of users by id."""
    if not user_ids:
        return {}
    return {row["id"]: row["email"] for row in await User.filter(id__in=user_ids).values("id", "email")}
