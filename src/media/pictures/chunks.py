"""The chunks of a PNG file (PNG specification, third edition, section 5)."""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from media.containers.container import truncated

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Chunk:
    """A chunk: four letters and data."""

    kind: bytes
    data: bytes

    @property
    def is_copied_unknown(self) -> bool:
        """Whether a program that does not know it may copy it into a picture whose pixels it changed (5.4)."""
        return bool(self.kind[3] & 0x20)


def read_chunks(file: bytes) -> Iterator[Chunk]:
    """All chunks up to and with the last.

    Raises:
        MediaError: TRUNCATED where the file ends before.
    """
    place = len(SIGNATURE)
    while True:
        head = file[place : place + 8]
        if len(head) < 8:
            raise truncated()
        size, kind = struct.unpack(">I4s", head)
        data = file[place + 8 : place + 8 + size]
        if len(data) < size or size > _LARGEST:
            raise truncated()
        yield Chunk(kind, data)
        if kind == b"IEND":
            return
        place += size + 12


def join_chunks(chunks: Iterable[Chunk]) -> bytes:
    """A file of these chunks."""
    parts = [SIGNATURE]
    for chunk in chunks:
        check = zlib.crc32(chunk.data, zlib.crc32(chunk.kind))
        parts += [struct.pack(">I4s", len(chunk.data), chunk.kind), chunk.data, struct.pack(">I", check)]
    return b"".join(parts)
