"""A window hides a stretch of a file behind one box of free space, and moves nothing."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.containers.boxes import top_boxes
from media.containers.windows import Window
from media.sources.source import open_source
from tests.boxes import box


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three boxes of 100 bytes."""
    path = tmp_path_factory.mktemp("windows") / "file"
    path.write_bytes(
        b"".join(box(kind, bytes([number]) * 92) for number, kind in enumerate((b"one ", b"two ", b"tri ")))
    )
    return path


@given(reads=st.lists(st.tuples(st.integers(0, 320), st.integers(-1, 400)), max_size=20))
def test_any_read_gives_the_file_with_the_stretch_blanked(file: Path, reads: list[tuple[int, int]]) -> None:
    whole = file.read_bytes()
    expected = whole[:100] + struct.pack(">I4s", 100, b"free") + bytes(92) + whole[200:290]
    with open_source(file) as source, Window(source, 100, 200, 290) as window:
        for place, count in reads:
            window.seek(place)
            end = None if count < 0 else place + count
            assert window.read(count) == expected[place:end]
            assert window.tell() == max(place, min(290, place + count if count >= 0 else 290))


def test_a_hidden_stretch_is_one_box(file: Path) -> None:
    with open_source(file) as source:
        assert [found.kind for found in top_boxes(Window(source, 100, 200, 300))] == [
            b"one ",
            b"free",
            b"tri ",
        ]
        assert [found.kind for found in top_boxes(Window(source, 100, 100, 200))] == [b"one ", b"two "]


def test_a_hidden_stretch_may_be_longer_than_four_gigabytes(tmp_path: Path) -> None:
    with (tmp_path / "long").open("wb") as long:
        long.write(box(b"one ", b"data"))
        long.seek(12 + 5 * 10**9)
        long.write(box(b"end ", b"data"))
    with open_source(tmp_path / "long") as source:
        found = list(top_boxes(Window(source, 12, 12 + 5 * 10**9, source.size)))
    assert [one.kind for one in found] == [b"one ", b"free", b"end "]
