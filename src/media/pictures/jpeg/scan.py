"""Scans: which blocks of which components they hold, in which order (T.81, A.2 and B.2.3)."""

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from media.pictures.jpeg.bits import DamagedError
from media.pictures.jpeg.frame import Component, FrameHeader
from media.pictures.jpeg.markers import Part

_RESTART = re.compile(rb"\xff[\xd0-\xd7]")

# What is added to the 64 quantized coefficients of a block, in zigzag order, by the block's number.
Deltas = Mapping[int, Sequence[int]]


def columns(header: FrameHeader, component: Component) -> int:
    """Blocks in a row of a component, with those that fill up the last group: blocks are numbered by it."""
    if len(header.components) == 1:
        return header.blocks(component)[0]
    return header.groups[0] * component.across


def rows_of(header: FrameHeader, component: Component) -> int:
    """Rows of blocks of a component, with those that fill up the last group."""
    if len(header.components) == 1:
        return header.blocks(component)[1]
    return header.groups[1] * component.down


@dataclass(frozen=True)
class Slot:
    """A component's part in a group of blocks.

    Attributes:
        component: Its place in the frame.
        dc, ac: Numbers of its tables, as `huffman.read_tables` counts them.
        across, down: Blocks in a group.
        columns: Blocks in a row of the component.
    """

    component: int
    dc: int
    ac: int
    across: int
    down: int
    columns: int

    def blocks(self, row: int, column: int) -> Iterator[int]:
        """Numbers of the component's blocks in a group."""
        for down in range(row * self.down, (row + 1) * self.down):
            for across in range(column * self.across, (column + 1) * self.across):
                yield down * self.columns + across


@dataclass(frozen=True)
class Scan:
    """A scan: its components, its grid of groups, and which part of the coefficients it holds.

    Attributes:
        groups: Groups of blocks across and down.
        interval: Groups between restarts.
        first, last: Coefficients in zigzag order.
        high, low: Successive approximation: bits known before, and bits left for later scans.
    """

    slots: tuple[Slot, ...]
    groups: tuple[int, int]
    interval: int
    first: int
    last: int
    high: int
    low: int

    def intervals(self, coded: bytes) -> Iterator[tuple[bytes, Iterator[tuple[Slot, int]]]]:
        """The coded data between restarts, each with the blocks that it holds: slot and number.

        Raises:
            DamagedError: Restarts are missing.
        """
        total = self.groups[0] * self.groups[1]
        pieces = _RESTART.split(coded)
        if len(pieces) != -(-total // self.interval):
            raise DamagedError("restarts are missing")
        for number, piece in enumerate(pieces):
            first = number * self.interval
            yield piece, self._blocks(range(first, min(first + self.interval, total)))

    def _blocks(self, groups: range) -> Iterator[tuple[Slot, int]]:
        for group in groups:
            row, column = divmod(group, self.groups[0])
            for slot in self.slots:
                for block in slot.blocks(row, column):
                    yield slot, block


@dataclass(frozen=True)
class Rows:
    """A scan as rows of `bits.row`, and where each restart interval ends."""

    rows: "array[int]"
    ends: list[int]


def scan_of(header: FrameHeader, part: Part, interval: int) -> Scan:
    """Parse a start of scan.

    Raises:
        DamagedError: It names components that the frame has not.
    """
    count, data = part.data[0], part.data
    names = [one.name for one in header.components]
    slots = []
    for name, tables in zip(data[1 : 1 + 2 * count : 2], data[2 : 2 + 2 * count : 2], strict=True):
        if name not in names:
            raise DamagedError("a component is unknown")
        number = names.index(name)
        one = header.components[number]
        across, down = (one.across, one.down) if count > 1 else (1, 1)
        slots.append(Slot(number, tables >> 4, 16 | tables & 15, across, down, columns(header, one)))
    if not slots or len(data) < 4 + 2 * count:
        raise DamagedError("it has no components")
    groups = header.blocks(header.components[slots[0].component]) if count == 1 else header.groups
    first, last, bits = data[1 + 2 * count : 4 + 2 * count]
    return Scan(tuple(slots), groups, interval or groups[0] * groups[1], first, last, bits >> 4, bits & 15)
