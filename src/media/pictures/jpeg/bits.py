"""Coded data bit by bit: reading codes and values, and packing them."""

from array import array
from collections import Counter
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from media.pictures.jpeg.huffman import Huffman

WINDOW = 40  # bits that can be seen from a byte on: at most 7 before, 16 of a code and 16 of a value
PLAIN = 0xFF  # the table of a row that is bits without a code
_AT_ONCE = 2**18  # rows that are packed in one go

Lengths = npt.NDArray[np.int64]


class DamagedError(Exception):
    """The coded data is not what a scan of this frame is."""


class BitReader:
    """Reads the coded data between two restarts.

    Attributes:
        windows: From each byte on, the next 40 bits; beyond the end there are ones, as in padding.
        place: Bits read so far.
    """

    def __init__(self, piece: bytes, tables: Mapping[int, Huffman]) -> None:
        data = piece.replace(b"\xff\x00", b"\xff")
        self.windows = _windows(data)
        self.place = 0
        self.tables = tables
        self._end = 8 * len(data)

    def symbol(self, table: int) -> tuple[int, int]:
        """The next symbol and the bits of its value, as many as its low half says."""
        place = self.place
        window, off = self.windows[place >> 3], place & 7
        symbol, bits, _ = self.tables[table].lookup[window >> (24 - off) & 0xFFFF]
        if symbol < 0:
            raise DamagedError("a code is unknown")
        self.place = place + bits
        return symbol, window >> (WINDOW - off - bits) & ((1 << (symbol & 15)) - 1)

    def bits(self, count: int) -> int:
        """The next `count` bits as a number, 16 at most."""
        place = self.place
        self.place = place + count
        return self.windows[place >> 3] >> (WINDOW - (place & 7) - count) & ((1 << count) - 1)

    def check_end(self) -> None:
        """Refuse data of which more was read than there is."""
        if self.place > self._end:
            raise DamagedError("it ends early")


def _windows(data: bytes) -> "array[int]":
    padded = np.frombuffer(data + b"\xff" * 8, np.uint8).astype(np.uint64)
    seen = np.zeros(len(data) + 4, np.uint64)
    for place in range(5):
        seen |= padded[place : place + len(seen)] << np.uint64(8 * (4 - place))
    found = array("Q")
    found.frombytes(seen.tobytes())
    return found


def signed(value: int, size: int) -> int:
    """A value by its bits (T.81, figure F.12)."""
    return value if not size or value >> (size - 1) else value - (1 << size) + 1


def row(table: int, symbol: int, value: int = 0, size: int = 0) -> int:
    """A symbol of a table and the `size` bits of a value that follow it, as one number."""
    return table << 32 | symbol << 24 | size << 16 | value


def valued(table: int, run: int, value: int) -> int:
    """A row of a value other than 0 (or a difference of DC values) after a run of zeros."""
    size = abs(value).bit_length()
    return row(table, run << 4 | size, value if value >= 0 else value + (1 << size) - 1, size)


def counts(rows: "array[int]") -> dict[int, Counter[int]]:
    """How often each symbol occurs, by table."""
    pairs, times = np.unique(np.frombuffer(rows, np.uint64) >> np.uint64(24), return_counts=True)
    found: dict[int, Counter[int]] = {}
    for pair, count in zip(pairs.tolist(), times.tolist(), strict=True):
        if pair >> 8 != PLAIN:
            found.setdefault(pair >> 8, Counter())[pair & 255] = count
    return found


def packed(rows: "array[int]", ends: list[int], tables: Mapping[int, Huffman]) -> bytes:
    """The coded data of rows, with a restart at each of `ends` but the last."""
    codes, lengths = np.zeros((256, 256), np.int64), np.zeros((256, 256), np.int64)
    for number, table in tables.items():
        codes[number], lengths[number] = table.codes
    every = np.frombuffer(rows, np.uint64).astype(np.int64)
    parts: list[bytes] = []
    first = 0
    for number, end in enumerate(ends):
        if number:
            parts.append(bytes([0xFF, 0xD0 + (number - 1) % 8]))
        parts.append(_bytes(every[first:end], codes, lengths).replace(b"\xff", b"\xff\x00"))
        first = end
    return b"".join(parts)


def _bytes(rows: npt.NDArray[np.int64], codes: Lengths, lengths: Lengths) -> bytes:
    """Codes and values as bits, filled up with ones."""
    parts: list[bytes] = []
    rest = np.zeros(0, np.uint8)
    for first in range(0, len(rows), _AT_ONCE):
        rest = np.concatenate([rest, _bits(rows[first : first + _AT_ONCE], codes, lengths)])
        whole = len(rest) // 8 * 8
        parts.append(np.packbits(rest[:whole]).tobytes())
        rest = rest[whole:]
    if len(rest):
        parts.append(np.packbits(np.concatenate([rest, np.ones(8 - len(rest), np.uint8)])).tobytes())
    return b"".join(parts)


def _bits(rows: npt.NDArray[np.int64], codes: Lengths, lengths: Lengths) -> npt.NDArray[np.uint8]:
    table, symbol, size = rows >> 32, rows >> 24 & 255, rows >> 16 & 255
    words = codes[table, symbol] << size | (rows & 0xFFFF)
    count = lengths[table, symbol] + size
    ends = np.cumsum(count)
    shifts = np.repeat(ends, count) - 1 - np.arange(ends[-1])
    found: npt.NDArray[np.uint8] = (np.repeat(words, count) >> shifts & 1).astype(np.uint8)
    return found
