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
    """One entry of the log with the addresses of who did it and of whom it was done to, where there are any."""

    entry: AuditEntry
    email: str | None
    subject_email: str | None

    @property
    def id(self) -> int:
        """The entry's number."""
        return int(self.entry.id)

    @property
    def created_at(self) -> datetime:
        """When it was done."""
        return self.entry.created_at


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
    people = [(entry.user_id, _user_of(entry.subject)) for entry in entries]
    emails = await emails_of({user_id for pair in people for user_id in pair if user_id})
    named = [tuple(emails.get(user_id) if user_id else None for user_id in pair) for pair in people]
    return [Deed(entry, *pair) for entry, pair in zip(entries, named, strict=True)]


def _user_of(subject: str) -> UUID | None:
    kind, _, name = subject.partition(":")
    return UUID(name) if kind == "user" else None


@guard()
async def emails_of(user_ids: set[UUID]) -> dict[UUID, str]:
    """The addresses of users by id."""
    if not user_ids:
        return {}
    return {row["id"]: row["email"] for row in await User.filter(id__in=user_ids).values("id", "email")}
