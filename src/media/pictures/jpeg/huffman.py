"""Huffman tables of JPEG (T.81, annexes C, F.2.2.3 and K.2)."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from media.pictures.jpeg.markers import DHT, Part

Codes = npt.NDArray[np.int64]
Entry = tuple[int, int, int]

_LONGEST = 16
_NONE: Entry = (-1, 0, 0)
_END_OF_BLOCK = 64


@dataclass(frozen=True)
class Huffman:
    """A table: `counts` of codes of 1 to 16 bits, and the symbols in the order of their codes."""

    counts: bytes
    symbols: bytes

    @cached_property
    def codes(self) -> tuple[Codes, Codes]:
        """Code and its length in bits for each of the 256 symbols; length 0 where there is none."""
        values, lengths = np.zeros(256, np.int64), np.zeros(256, np.int64)
        code = place = 0
        for length, count in enumerate(self.counts, 1):
            for symbol in self.symbols[place : place + count]:
                values[symbol], lengths[symbol] = code, length
                code += 1
            place += count
            code <<= 1
        return values, lengths

    @cached_property
    def lookup(self) -> list[Entry]:
        """By the next 16 bits: the symbol, bits of its code and its value together, and how far it leads.

        How far is the run of zeros and the value after it, in coefficients; past the end for an end of block.
        """
        found = [_NONE] * 2**_LONGEST
        values, lengths = self.codes
        for symbol in self.symbols:
            length = int(lengths[symbol])
            start = int(values[symbol]) << (_LONGEST - length)
            entry = (symbol, length + (symbol & 15), (symbol >> 4) + 1 if symbol else _END_OF_BLOCK)
            span = 1 << (_LONGEST - length)
            found[start : start + span] = [entry] * span
        return found[: 2**_LONGEST]

    @property
    def data(self) -> bytes:
        """As a segment holds it, without the byte of its class and number."""
        return self.counts + self.symbols


def read_tables(part: Part, tables: dict[int, Huffman]) -> None:
    """Take the tables of a segment into `tables`, by class (0 DC, 1 AC) times 16 plus number."""
    place = 0
    while part.marker == DHT and place + 17 <= len(part.data):
        counts = part.data[place + 1 : place + 17]
        symbols = part.data[place + 17 : place + 17 + sum(counts)]
        tables[part.data[place]] = Huffman(counts, symbols)
        place += 17 + sum(counts)


def fitting(frequencies: Mapping[int, int]) -> Huffman:
    """The best table for symbols that occur so often; no code is of ones only (annex K.2)."""
    depths = _limited(_depths({**frequencies, 256: 0}))
    ordered = sorted(frequencies, key=lambda symbol: (-frequencies[symbol], symbol))
    return Huffman(bytes(depths[1 : _LONGEST + 1]), bytes(ordered))


def _depths(frequencies: Mapping[int, int]) -> list[int]:
    """How many symbols have a code of each length, in a tree that may be deeper than 16."""
    heap = [(count, symbol, [symbol]) for symbol, count in frequencies.items()]
    heapq.heapify(heap)
    depth = dict.fromkeys(frequencies, 0)
    while len(heap) > 1:
        one, other = heapq.heappop(heap), heapq.heappop(heap)
        merged = one[2] + other[2]
        for symbol in merged:
            depth[symbol] += 1
        heapq.heappush(heap, (one[0] + other[0], min(one[1], other[1]), merged))
    counts = [0] * max(_LONGEST + 1, max(depth.values()) + 1)
    for length in depth.values():
        counts[length] += 1
    return counts


def _limited(counts: list[int]) -> list[int]:
    """Lengths of at most 16 bits (figure K.3), less the one code that was reserved."""
    for length in range(len(counts) - 1, _LONGEST, -1):
        while counts[length] > 0:
            shorter = next(place for place in range(length - 2, 0, -1) if counts[place])
            counts[length] -= 2
            counts[length - 1] += 1
            counts[shorter + 1] += 2
            counts[shorter] -= 1
    longest = max(length for length, count in enumerate(counts) if count)
    counts[longest] -= 1
    return counts
