"""Recoding a scan: the symbols of untouched blocks go through as they are, those of touched ones are made anew.

One pass over the coded data in Python: about a second for each megabyte.
"""

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from media.pictures.jpeg.huffman import Huffman

_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_AT_ONCE = 2**18  # symbols that are packed in one go
_WINDOW = 40  # bits that can be seen from a byte on: at most 7 before, 16 of a code and 16 of a value
_MOST_AC, _MOST_DC = 1023, 2047  # the largest values that baseline symbols hold

Deltas = Mapping[int, Sequence[int]]


class DamagedError(Exception):
    """The coded data is not what a scan of this frame is."""


@dataclass(frozen=True)
class Slot:
    """A component's part in a group of blocks.

    Attributes:
        component: Its place in the frame.
        dc, ac: Numbers of its tables, as `huffman.read_tables` counts them.
        across, down: Blocks in a group.
        columns: Blocks in a row of the component, with those that fill up a group; `deltas` are numbered by it.
        deltas: What is added to the 64 quantized coefficients of a block, in zigzag order, by its number.
    """

    component: int
    dc: int
    ac: int
    across: int
    down: int
    columns: int
    deltas: Deltas


@dataclass(frozen=True)
class Symbols:
    """A scan as symbols: table << 24 | symbol << 16 | value, and where each restart interval ends."""

    rows: "array[int]"
    ends: list[int]

    def counts(self) -> dict[int, Counter[int]]:
        """How often each symbol occurs, by table."""
        pairs, times = np.unique(np.frombuffer(self.rows, np.uint32) >> 16, return_counts=True)
        found: dict[int, Counter[int]] = {}
        for pair, count in zip(pairs.tolist(), times.tolist(), strict=True):
            found.setdefault(pair >> 8, Counter())[pair & 255] = count
        return found


def recoded(
    coded: bytes, groups: tuple[int, int], slots: Sequence[Slot], tables: Mapping[int, Huffman], interval: int
) -> Symbols:
    """The symbols of a scan with its touched blocks changed.

    Args:
        groups: Groups of blocks across and down.
        interval: Groups between restarts, 0 for none.

    Raises:
        DamagedError: It cannot be read to its end.
    """
    total = groups[0] * groups[1]
    pieces = _RESTART.split(coded)
    interval = interval or total
    if len(pieces) != -(-total // interval):
        raise DamagedError("restarts are missing")
    result = Symbols(array("I"), [])
    for number, piece in enumerate(pieces):
        first = number * interval
        _Interval(piece, slots, tables, result.rows).read(first, min(first + interval, total), groups[0])
        result.ends.append(len(result.rows))
    return result


class _Interval:
    """The coded data between two restarts."""

    def __init__(
        self, piece: bytes, slots: Sequence[Slot], tables: Mapping[int, Huffman], rows: "array[int]"
    ) -> None:
        self.bits = piece.replace(b"\xff\x00", b"\xff")
        self.windows = _windows(self.bits)
        self.slots, self.tables, self.rows = slots, tables, rows
        self.place = 0

    def read(self, first: int, last: int, across: int) -> None:
        """Recode the groups of blocks from `first` to before `last`, `across` of them in a row."""
        before = [0] * len(self.slots)  # the DC value before, as it was, and as it is now
        after = [0] * len(self.slots)
        try:
            for group in range(first, last):
                row, column = divmod(group, across)
                for number, slot in enumerate(self.slots):
                    for place in _blocks(slot, row, column):
                        old = before[number]
                        before[number], after[number] = self._block(
                            slot, slot.deltas.get(place), old, after[number]
                        )
        except (IndexError, KeyError) as error:
            raise DamagedError("it ends early") from error
        if self.place > 8 * len(self.bits):
            raise DamagedError("it ends early")

    def _block(self, slot: Slot, delta: Sequence[int] | None, before: int, after: int) -> tuple[int, int]:
        """Recode a block; returns its DC value as it was, and as it is."""
        size, value = self._symbol(slot.dc)
        old = before + _signed(value, size)
        if delta is None and before == after:
            self.rows.append(slot.dc << 24 | size << 16 | value)
            self._copy(slot.ac)
            return old, old
        new = max(-_MOST_DC // 2, min(_MOST_DC // 2, old + delta[0])) if delta is not None else old
        self.rows.append(slot.dc << 24 | _symbol_of(new - after, 0))
        if delta is None:
            self._copy(slot.ac)
        else:
            self._paint(slot.ac, delta)
        return old, new

    def _symbol(self, table: int) -> tuple[int, int]:
        """The next symbol and the bits of its value."""
        place = self.place
        window, off = self.windows[place >> 3], place & 7
        symbol, bits, _ = self.tables[table].lookup[window >> (24 - off) & 0xFFFF]
        if symbol < 0:
            raise DamagedError("a code is unknown")
        self.place = place + bits
        return symbol, window >> (_WINDOW - off - bits) & ((1 << (symbol & 15)) - 1)

    def _copy(self, table: int) -> None:
        """The values after the first of a block, as they are. The innermost loop of all."""
        windows, lookup, append = self.windows, self.tables[table].lookup, self.rows.append
        place, index, mark = self.place, 1, table << 24
        while index < 64:
            window, off = windows[place >> 3], place & 7
            symbol, bits, far = lookup[window >> (24 - off) & 0xFFFF]
            if symbol < 0:
                raise DamagedError("a code is unknown")
            append(mark | symbol << 16 | window >> (_WINDOW - off - bits) & ((1 << (symbol & 15)) - 1))
            place += bits
            index += far
        self.place = place

    def _paint(self, table: int, delta: Sequence[int]) -> None:
        """The values after the first of a block, with `delta` added."""
        values = [0] * 64
        index = 1
        while index < 64:
            symbol, value = self._symbol(table)
            if not symbol:
                break
            index += symbol >> 4
            values[index] = _signed(value, symbol & 15)
            index += 1
        moved = (value + change for value, change in zip(values[1:], delta[1:], strict=True))
        self.rows.extend(table << 24 | row for row in _run_lengths(moved))


def _windows(data: bytes) -> "array[int]":
    """From each byte on, the next 40 bits; beyond the end there are ones, as in padding."""
    padded = np.frombuffer(data + b"\xff" * 8, np.uint8).astype(np.uint64)
    seen = np.zeros(len(data) + 4, np.uint64)
    for place in range(5):
        seen |= padded[place : place + len(seen)] << np.uint64(8 * (4 - place))
    found = array("Q")
    found.frombytes(seen.tobytes())
    return found


def _blocks(slot: Slot, row: int, column: int) -> Iterator[int]:
    """Numbers of a component's blocks in a group."""
    for down in range(row * slot.down, (row + 1) * slot.down):
        for across in range(column * slot.across, (column + 1) * slot.across):
            yield down * slot.columns + across


def _signed(value: int, size: int) -> int:
    """A value by its bits (T.81, figure F.12)."""
    return value if not size or value >> (size - 1) else value - (1 << size) + 1


def _symbol_of(value: int, run: int) -> int:
    """Symbol << 16 | bits of a value after a run of zeros."""
    size = abs(value).bit_length()
    return (run << 4 | size) << 16 | (value if value >= 0 else value + (1 << size) - 1)


def _run_lengths(values: Iterator[int]) -> Iterator[int]:
    run = 0
    for value in values:
        if not value:
            run += 1
            continue
        yield from [0xF0 << 16] * (run // 16)
        yield _symbol_of(max(-_MOST_AC, min(_MOST_AC, value)), run % 16)
        run = 0
    if run:
        yield 0


def coded_bytes(symbols: Symbols, tables: Mapping[int, Huffman]) -> bytes:
    """The coded data of a scan, with its restarts."""
    values, lengths = np.zeros((256, 256), np.int64), np.zeros((256, 256), np.int64)
    for number, table in tables.items():
        values[number], lengths[number] = table.codes
    rows = np.frombuffer(symbols.rows, np.uint32)
    parts: list[bytes] = []
    first = 0
    for number, end in enumerate(symbols.ends):
        if number:
            parts.append(bytes([0xFF, 0xD0 + (number - 1) % 8]))
        parts.append(_packed(rows[first:end], values, lengths).replace(b"\xff", b"\xff\x00"))
        first = end
    return b"".join(parts)


def _packed(
    rows: npt.NDArray[np.uint32], values: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]
) -> bytes:
    """Codes and values as bits, filled up with ones."""
    parts: list[bytes] = []
    rest = np.zeros(0, np.uint8)
    for first in range(0, len(rows), _AT_ONCE):
        some = rows[first : first + _AT_ONCE].astype(np.int64)
        table, symbol = some >> 24, some >> 16 & 255
        size = symbol & 15
        words = values[table, symbol] << size | (some & 0xFFFF)
        bits = lengths[table, symbol] + size
        ends = np.cumsum(bits)
        shifts = np.repeat(ends, bits) - 1 - np.arange(ends[-1])
        found = (np.repeat(words, bits) >> shifts & 1).astype(np.uint8)
        rest = np.concatenate([rest, found])
        whole = len(rest) // 8 * 8
        parts.append(np.packbits(rest[:whole]).tobytes())
        rest = rest[whole:]
    if len(rest):
        parts.append(np.packbits(np.concatenate([rest, np.ones(8 - len(rest), np.uint8)])).tobytes())
    return b"".join(parts)
