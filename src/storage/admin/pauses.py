"""Pauses for maintenance: nothing new is started for a tier, or for anybody."""

from contracts.errors import Reason, RequestError
from contracts.tiers import EVERYTHING
from storage.admin.deeds import By, note
from storage.database import guard, transaction
from storage.models import Pause, Tier


@guard()
async def pauses() -> list[Pause]:
    """Every pause that holds, the oldest first."""
    return await Pause.all().order_by("created_at")


async def pause(by: By, scope: str, text: str) -> Pause:
    """Pause a tier, or everything; asked for again, the note is changed.

    Raises:
        RequestError: NOT_FOUND where there is no such tier.
    """
    async with transaction() as connection:
        if scope != EVERYTHING and not await Tier.filter(name=scope).using_db(connection).exists():
            raise RequestError(Reason.NOT_FOUND, f"There is no tier called {scope}.", tier=scope)
        defaults = {"note": text, "user_id": by.user_id}
        row, made = await Pause.update_or_create(scope=scope, defaults=defaults, using_db=connection)
        await note(connection, by, "pause", f"pause:{scope}", after={"note": text, "already": not made})
    return row


async def resume(by: By, scope: str) -> None:
    """End a pause.

    Raises:
        RequestError: NOT_FOUND where there is none.
    """
    async with transaction() as connection:
        row = await Pause.filter(scope=scope).using_db(connection).select_for_update().get_or_none()
        if row is None:
            raise RequestError(Reason.NOT_FOUND, f"Nothing is paused under {scope}.", scope=scope)
        await row.delete(using_db=connection)
        before = {"note": row.note, "since": row.created_at}
        await note(connection, by, "resume", f"pause:{scope}", before=before)
