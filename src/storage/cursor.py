"""Opaque cursors: where a page of rows, newest first, ended."""

import base64
import binascii
from datetime import datetime
from uuid import UUID

from contracts.errors import Reason, RequestError


def write_cursor(moment: datetime, row_id: UUID) -> str:
    """The place after the row `row_id` that was made at `moment`."""
    return base64.urlsafe_b64encode(f"{moment.isoformat()} {row_id}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, UUID]:
    """The moment and row of a cursor. Raises RequestError(INVALID) for one that we never wrote."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        moment, _, row_id = text.partition(" ")
        when = datetime.fromisoformat(moment)
        if when.tzinfo is None:
            raise ValueError("a moment without its zone")
        return when, UUID(row_id)
    except (ValueError, binascii.Error, UnicodeDecodeError) as error:
        raise RequestError(Reason.INVALID, "The cursor is not one that this service gave.") from error
