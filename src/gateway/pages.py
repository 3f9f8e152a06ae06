"""Pages of lists: newest first, a cursor to the next page."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from storage.cursor import read_cursor, write_cursor

DEFAULT_LIMIT = 50
MOST = 200

Position = tuple[datetime, UUID]
R = TypeVar("R", bound=Any)  # a row with `created_at` and `id`


async def page(
    fetch: Callable[[Position | None, int], Awaitable[Sequence[R]]], cursor: str | None, limit: int
) -> tuple[list[R], str | None]:
    """At most `limit` rows after `cursor`, and the cursor of the page after them; None on the last page.

    Raises:
        RequestError: INVALID for a cursor that no answer gave.
    """
    rows = await fetch(read_cursor(cursor) if cursor else None, limit + 1)
    shown = list(rows[:limit])
    if len(rows) <= limit:
        return shown, None
    return shown, write_cursor(shown[-1].created_at, shown[-1].id)
