"""Ranges and names of files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.api.files import disposition, wanted_span


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("", (0, 100)),
        ("bytes=0-", (0, 100)),
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-200", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
        ("bytes=100-", None),
        ("bytes=-0", None),
        ("bytes=5-2", (0, 100)),
        ("bytes=0-1,5-6", (0, 100)),
        ("lines=1-2", (0, 100)),
        ("bytes=-", (0, 100)),
    ],
)
def test_spans(header: str, span: tuple[int, int] | None) -> None:
    assert wanted_span(header, 100) == span


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(1, 1000))
def test_a_span_lies_inside_the_file(start: int, more: int, size: int) -> None:
    span = wanted_span(f"bytes={start}-{start + more}", size)
    if start >= size:
        assert span is None
    else:
        assert span is not None
        assert span == (start, min(start + more + 1, size))


def test_a_name_to_save_under_cannot_break_out_of_its_header() -> None:
    header = disposition('Лето "2026"\r\nX: y.mp4')
    assert "\r" not in header
    assert "\n" not in header
    assert header.count('"') == 2
    assert "filename*=UTF-8''%D0%9B" in header
