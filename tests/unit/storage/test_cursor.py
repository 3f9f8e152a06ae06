"""Cursors come back as they were given, and nothing else is taken for one."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Reason, RequestError
from storage.cursor import read_cursor, write_cursor


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_is_read_as_it_was_written(moment: datetime, row: UUID) -> None:
    assert read_cursor(write_cursor(moment, row)) == (moment, row)


@given(st.text(max_size=60))
def test_anything_else_is_refused_and_nothing_breaks(text: str) -> None:
    with pytest.raises(RequestError) as caught:
        read_cursor(text)
    assert caught.value.reason is Reason.INVALID


def test_a_cursor_without_zone_is_refused() -> None:
    with pytest.raises(RequestError):
        read_cursor(write_cursor(datetime(2026, 1, 1), UUID(int=1)))
