"""Boxes of a small file in memory (ISO/IEC 14496-12, 4.2)."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from media.containers.container import truncated

_HEAD = 8


@dataclass(frozen=True)
class Box:
    """A box: four letters and what it holds, and where that begins in the file or box around it."""

    kind: bytes
    data: bytes
    place: int = 0

    @property
    def packed(self) -> bytes:
        """The box as a file holds it."""
        return struct.pack(">I4s", len(self.data) + _HEAD, self.kind) + self.data


def read_boxes(data: bytes, start: int = 0) -> Iterator[Box]:
    """The boxes side by side in `data` from `start` on.

    Raises:
        MediaError: TRUNCATED where one does not end within.
    """
    place = start
    while place + _HEAD <= len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        head = _HEAD
        if size == 1 and place + 16 <= len(data):
            (size,) = struct.unpack_from(">Q", data, place + _HEAD)
            head = 16
        end = place + size if size else len(data)
        if end > len(data) or end < place + head:
            raise truncated()
        yield Box(kind, data[place + head : end], place + head)
        place = end


def join_boxes(boxes: Iterable[Box]) -> bytes:
    """Boxes side by side."""
    return b"".join(box.packed for box in boxes)


def full(kind: bytes, version: int, flags: int, data: bytes) -> Box:
    """A box with version and flags."""
    return Box(kind, struct.pack(">I", version << 24 | flags) + data)


class Reader:
    """Reads whole numbers of a full box one after another."""

    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 4
        self.version = data[0]
        self.flags = int.from_bytes(data[1:4])

    def number(self, size: int) -> int:
        """The next `size` bytes as a number; 0 of none. Raises MediaError (TRUNCATED) at the end."""
        return int.from_bytes(self.take(size))

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        found = self._data[self._place : self._place + size]
        if len(found) < size:
            raise truncated()
        self._place += size
        return found

    @property
    def rest(self) -> bytes:
        """All that is left."""
        return self._data[self._place :]
