"""Who did what to what, and when."""

from datetime import datetime
from typing import Any
from uuid import UUID

from storage.models import AuditEntry


async def record(
    action: str, subject: str, user_id: UUID | None = None, address: str | None = None, **detail: Any
) -> None:
    """Note a deed: `action` such as "job.create", `subject` what it was done to, `address` from where."""
    await AuditEntry.create(
        action=action, subject=subject[:255], user_id=user_id, address=address, detail=detail
    )


async def count(action: str, address: str, since: datetime) -> int:
    """How often `action` was done from `address` since then."""
    return await AuditEntry.filter(action=action, address=address, created_at__gt=since).count()
