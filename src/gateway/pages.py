"""Pages of lists: newest first, a cursor to the next page."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from storage.cursor import read_cursor, write_cursor

DEFAULT_LIMIT = 50
MOST = 200

Position = tuple[datetime, UUID]
R = TypeVar("R")


def _made(row: Any) -> Position:
    return row.created_at, row.id


def numbered(row: Any) -> Position:
    """The place of a row whose id is a number."""
    return row.created_at, UUID(int=row.id)


async def page(
    fetch: Callable[[Position | None, int], Awaitable[Sequence[R]]],
    cursor: str | None,
    limit: int,
    place: Callable[[R], Position] = _made,
) -> tuple[list[R], str | None]:
    """At most `limit` rows after `cursor`, and the cursor of the page after them; None on the last page.

    `place` says where a row stands in its list.

    Raises:
        RequestError: INVALID for a cursor that no answer gave.
    """
    rows = await fetch(read_cursor(cursor) if cursor else None, limit + 1)
    shown = list(rows[:limit])
    if len(rows) <= limit:
        return shown, None
    return shown, write_cursor(*place(shown[-1]))
