"""Recoding a baseline scan: symbols of untouched blocks go through as they are, touched blocks are made anew.

One pass over the coded data in Python: about a second for each megabyte.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence

from media.pictures.jpeg.bits import WINDOW, BitReader, DamagedError, row, signed, valued
from media.pictures.jpeg.huffman import Huffman
from media.pictures.jpeg.scan import Deltas, Rows, Scan, Slot

_MOST_AC, _MOST_DC = 1023, 1023  # the largest values that baseline symbols hold, and their differences


def recoded(scan: Scan, coded: bytes, tables: Mapping[int, Huffman], deltas: Sequence[Deltas]) -> Rows:
    """The rows of a scan with its touched blocks changed; `deltas` are by component.

    Raises:
        DamagedError: It cannot be read to its end.
    """
    result = Rows(array("Q"), [])
    for piece, blocks in scan.intervals(coded):
        reader = BitReader(piece, tables)
        try:
            _Recoder(reader, result.rows, deltas).run(blocks)
        except (IndexError, KeyError) as error:
            raise DamagedError("it ends early") from error
        reader.check_end()
        result.ends.append(len(result.rows))
    return result


class _Recoder:
    """Reads blocks between two restarts, and appends their rows."""

    def __init__(self, reader: BitReader, rows: "array[int]", deltas: Sequence[Deltas]) -> None:
        self._reader, self._rows, self._deltas = reader, rows, deltas
        self._before = [0] * len(deltas)  # the DC value before, as it was, and as it is now
        self._after = [0] * len(deltas)

    def run(self, blocks: Iterable[tuple[Slot, int]]) -> None:
        """Recode `blocks`."""
        for slot, number in blocks:
            delta = self._deltas[slot.component].get(number)
            self._first(slot, delta[0] if delta is not None else 0)
            if delta is None:
                self._copy(slot.ac)
            else:
                self._paint(slot.ac, delta)

    def _first(self, slot: Slot, delta: int) -> None:
        """The DC value of a block, stored as the difference from the one before."""
        size, bits = self._reader.symbol(slot.dc)
        place = slot.component
        self._before[place] += signed(bits, size)
        new = max(-_MOST_DC, min(_MOST_DC, self._before[place] + delta)) if delta else self._before[place]
        self._rows.append(valued(slot.dc, 0, new - self._after[place]))
        self._after[place] = new

    def _copy(self, table: int) -> None:
        """The values after the first of a block, as they are. The innermost loop of all."""
        reader = self._reader
        windows, lookup, append = reader.windows, reader.tables[table].lookup, self._rows.append
        place, index, mark = reader.place, 1, table << 32
        while index < 64:
            window, off = windows[place >> 3], place & 7
            symbol, bits, far = lookup[window >> (24 - off) & 0xFFFF]
            if symbol < 0:
                raise DamagedError("a code is unknown")
            size = symbol & 15
            value = window >> (WINDOW - off - bits) & ((1 << size) - 1)
            append(mark | symbol << 24 | size << 16 | value)
            place += bits
            index += far
        reader.place = place

    def _paint(self, table: int, delta: Sequence[int]) -> None:
        """The values after the first of a block, with `delta` added."""
        values = [0] * 64
        index = 1
        while index < 64:
            symbol, bits = self._reader.symbol(table)
            if not symbol:
                break
            index += symbol >> 4
            values[index] = signed(bits, symbol & 15)
            index += 1
        moved = (value + change for value, change in zip(values[1:], delta[1:], strict=True))
        self._rows.extend(_run_lengths(table, moved))


def _run_lengths(table: int, values: Iterable[int]) -> Iterator[int]:
    run = 0
    for value in values:
        if not value:
            run += 1
            continue
        yield from [row(table, 0xF0)] * (run // 16)
        yield valued(table, run % 16, max(-_MOST_AC, min(_MOST_AC, value)))
        run = 0
    if run:
        yield row(table, 0)
