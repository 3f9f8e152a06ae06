"""Cursors of lists: where the page before ended, opaque to clients."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from contracts.errors import Reason, RequestError

DEFAULT_LIMIT = 50
MOST = 200

Position = tuple[datetime, UUID]


class Placed(Protocol):
    """A row with a place in a list: newest first, ties by id."""

    id: UUID
    created_at: datetime


R = TypeVar("R", bound=Placed)


async def page(
    fetch: Callable[[Position | None, int], Awaitable[Sequence[R]]], cursor: str | None, limit: int
) -> tuple[list[R], str | None]:
    """At most `limit` rows after `cursor`, and the cursor of the page after them; None on the last page."""
    rows = await fetch(decode(cursor) if cursor else None, limit + 1)
    shown = list(rows[:limit])
    return shown, encode(shown[-1]) if len(rows) > limit else None


def encode(row: Placed) -> str:
    """The cursor of what comes after `row`."""
    return base64.urlsafe_b64encode(f"{row.created_at.isoformat()} {row.id}".encode()).decode().rstrip("=")


def decode(cursor: str) -> Position:
    """Where the page before ended.

    Raises:
        RequestError: INVALID for a cursor that no answer gave.
    """
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, _, row_id = text.partition(" ")
        return datetime.fromisoformat(moment), UUID(row_id)
    except (binascii.Error, ValueError) as error:
        message = "Give the `next_cursor` of the page before, unchanged."
        raise RequestError(
            Reason.INVALID, message, errors=[{"field": "cursor", "message": message}]
        ) from error
