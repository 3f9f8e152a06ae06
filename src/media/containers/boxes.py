"""Boxes of ISO base media files (ISO/IEC 14496-12): walking them without reading what they hold."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from contracts.errors import MediaError, Reason
from media.sources.source import Source

_MAX_BOXES = 1_000_000  # at the top level: two hours in which each frame is a fragment


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its type; where its content starts and ends, and its header begins, in bytes."""

    kind: bytes
    start: int
    end: int
    offset: int


def top_boxes(source: Source) -> Iterator[Box]:
    """The boxes of a file in order; the last may end beyond the file, if the file is cut short.

    Raises:
        MediaError: PROBE_LIMIT where there are too many to be real.
    """
    offset = 0
    for _ in range(_MAX_BOXES):
        source.seek(offset)
        header = source.read(16)
        if len(header) < 8:
            return
        box = _box(header, offset, source.size)
        if box is None:
            return
        yield box
        offset = box.end
    raise MediaError(Reason.PROBE_LIMIT, "The file is made of more pieces than any real file has.")


def inner_boxes(data: memoryview, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes in `data[start:end]`; a box that does not fit ends the walk."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        box = _box(bytes(data[start : start + 16]), start, end)
        if box is None or box.end > end:
            return
        yield box
        start = box.end


def find(data: memoryview, path: bytes, start: int = 0, end: int | None = None) -> memoryview | None:
    """The content of the first box along `path`, such as b"mdia/minf/stbl"; None where one is missing."""
    head, _, rest = path.partition(b"/")
    for box in inner_boxes(data, start, end):
        if box.kind == head:
            return find(data, rest, box.start, box.end) if rest else data[box.start : box.end]
    return None


def _box(header: bytes, offset: int, end: int) -> Box | None:
    size, kind = struct.unpack_from(">I4s", header)
    start = offset + 8
    if size == 1 and len(header) >= 16:
        size = struct.unpack_from(">Q", header, 8)[0]
        start += 8
    elif size == 0:
        size = end - offset
    return Box(kind, start, offset + size, offset) if size >= start - offset else None
