"""Bodies of every kind become the same blocks, the same size and the same hash."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.blocks import BlockReader
from storage.objects import Body


async def _stream(chunks: list[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def _blocks(body: Body, size: int) -> tuple[list[bytes], BlockReader]:
    reader = BlockReader(body, size)
    return [block async for block in reader.blocks()], reader


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chunks=st.lists(st.binary(max_size=50)), size=st.integers(1, 40))
async def test_streams_files_and_bytes_are_cut_alike(tmp_path: Path, chunks: list[bytes], size: int) -> None:
    whole = b"".join(chunks)
    file = tmp_path / "body"
    file.write_bytes(whole)
    bodies: list[Body] = [whole, file, _stream(chunks)]
    for body in bodies:
        blocks, reader = await _blocks(body, size)
        assert b"".join(blocks) == whole
        assert all(len(block) == size for block in blocks[:-1])
        assert 0 < len(blocks[-1]) <= size or blocks == [b""]
        assert reader.size == len(whole)
        assert reader.sha256 == hashlib.sha256(whole).hexdigest()
