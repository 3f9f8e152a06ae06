"""Reading through blocks equals reading the file, whatever is read in whatever order, in bounded memory."""

import os
from tempfile import NamedTemporaryFile

from hypothesis import given
from hypothesis import strategies as st

from media.sources.blocks import BlockCache
from media.sources.source import open_source

_READS = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 3000)), max_size=40)


@given(data=st.binary(max_size=4000), reads=_READS, known=st.integers(0, 64), capacity=st.integers(1, 8))
def test_any_sequence_of_reads_gives_the_files_bytes(
    data: bytes, reads: list[tuple[int, int]], known: int, capacity: int
) -> None:
    fetched: list[int] = []

    def fetch(start: int, end: int) -> bytes:
        assert 0 <= start < end <= len(data)
        fetched.append(end - start)
        return data[start:end]

    cache = BlockCache(fetch, block_size=64, capacity=capacity)
    cache.start(len(data), data[:64] if known else b"")
    for offset, count in reads:
        assert cache.read(offset, count) == data[offset : offset + count]
        assert len(cache._blocks) <= capacity
    assert max(fetched, default=0) <= capacity * 64


def test_reading_forward_needs_few_requests_and_nothing_twice() -> None:
    data = os.urandom(4 * 2**20)
    fetched: list[tuple[int, int]] = []

    def fetch(start: int, end: int) -> bytes:
        fetched.append((start, end))
        return data[start:end]

    cache = BlockCache(fetch)
    cache.start(len(data))
    assert b"".join(cache.read(place, 32768) for place in range(0, len(data), 32768)) == data
    assert sum(end - start for start, end in fetched) == len(data)
    assert len(fetched) < 12


@given(
    data=st.binary(max_size=300),
    moves=st.lists(st.tuples(st.integers(0, 400), st.integers(-1, 100)), max_size=20),
)
def test_a_local_source_is_the_file(data: bytes, moves: list[tuple[int, int]]) -> None:
    with NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        with open_source(file.name) as source:
            for place, count in moves:
                assert source.seek(place) == file.seek(place)
                assert source.read(count) == file.read(count)
                assert source.tell() == file.tell()
