"""Bodies of any kind as blocks of one size, counted and hashed on the way."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from pathlib import Path

from storage.objects import Body

_READ_BYTES = 2**20


class BlockReader:
    """Cuts `body` into blocks of `block_bytes`; `size` and `sha256` tell of what was handed out so far."""

    def __init__(self, body: Body, block_bytes: int) -> None:
        self._body = body
        self._block_bytes = block_bytes
        self._block = bytearray()
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """Of the bytes handed out so far, hexadecimal."""
        return self._hash.hexdigest()

    async def blocks(self) -> AsyncGenerator[bytes, None]:
        """All blocks but the last are full; an empty body is one empty block."""
        async for chunk in _chunks(self._body):
            view = memoryview(chunk)
            while len(view):
                room = self._block_bytes - len(self._block)
                self._block += view[:room]
                view = view[room:]
                if len(self._block) == self._block_bytes:
                    yield await self._take()
        if self._block or self.size == 0:
            yield await self._take()

    async def _take(self) -> bytes:
        """The block, of which nothing is kept here."""
        block, self._block = bytes(self._block), bytearray()
        # Hashing lets go of the interpreter, so that a thread keeps the loop free.
        await asyncio.to_thread(self._hash.update, block)
        self.size += len(block)
        return block


async def _chunks(body: Body) -> AsyncIterator[bytes]:
    if isinstance(body, bytes | bytearray):
        yield bytes(body)
    elif isinstance(body, Path):
        async for chunk in _file_chunks(body):
            yield chunk
    else:
        async for chunk in _checked(body):
            yield chunk


async def _file_chunks(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while chunk := await asyncio.to_thread(file.read, _READ_BYTES):
            yield chunk
    finally:
        file.close()


async def _checked(stream: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    async for chunk in stream:
        yield bytes(chunk)
