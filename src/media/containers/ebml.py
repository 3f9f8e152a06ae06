"""Elements of EBML documents (RFC 8794): walking them without reading what they hold."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from contracts.errors import MediaError, Reason
from media.sources.source import Source

_LONGEST_HEADER = 12  # bytes: four of an id, eight of a size
_MAX_ELEMENTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Element:
    """An element: its id, where its content starts and ends; `end` is None where its size is unknown."""

    id: int
    start: int
    end: int | None


def elements(source: Source, offset: int, end: int) -> Iterator[Element]:
    """The elements of `source` from `offset` to `end`; one of unknown size is the last."""
    while offset < end:
        source.seek(offset)
        element = _element(source.read(min(_LONGEST_HEADER, end - offset)), offset)
        if element is None:
            return
        yield element
        if element.end is None:
            return
        offset = element.end


def inner_elements(data: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Ids and contents of the elements in `data`; one that does not fit ends the walk.

    Raises:
        MediaError: PROBE_LIMIT where there are too many to be real.
    """
    offset = 0
    for _ in range(_MAX_ELEMENTS):
        element = _element(bytes(data[offset : offset + _LONGEST_HEADER]), offset)
        if element is None or element.end is None or element.end > len(data):
            return
        yield element.id, data[element.start : element.end]
        offset = element.end
    raise MediaError(Reason.PROBE_LIMIT, "The file's index is too large to be real.")


def unsigned(data: memoryview) -> int:
    """The value of an unsigned integer; 0 of an empty one."""
    return int.from_bytes(data[:8], "big")


def floating(data: memoryview) -> float:
    """The value of a float of 4 or 8 bytes; 0 of any other length."""
    form = {4: ">f", 8: ">d"}.get(len(data))
    return float(struct.unpack(form, data)[0]) if form else 0.0


def variable(data: bytes) -> tuple[int, int] | None:
    """The value of a variable-size integer at the start of `data` and its length; None where there is none."""
    length = 9 - data[0].bit_length() if data else 9
    if length > 8 or len(data) < length:
        return None
    return int.from_bytes(data[:length], "big") & ((1 << 7 * length) - 1), length


def _element(header: bytes, offset: int) -> Element | None:
    length = 9 - header[0].bit_length() if header else 9
    size = variable(header[length:]) if length <= 4 else None
    if size is None:
        return None
    start = offset + length + size[1]
    unknown = size[0] == (1 << 7 * size[1]) - 1
    return Element(int.from_bytes(header[:length], "big"), start, None if unknown else start + size[0])
