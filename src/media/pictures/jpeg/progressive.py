"""Progressive scans (T.81, annex G): all are read to coefficients, and written again in the same order."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence

from media.pictures.jpeg.bits import PLAIN, BitReader, DamagedError, row, signed, valued
from media.pictures.jpeg.frame import FrameHeader
from media.pictures.jpeg.huffman import Huffman
from media.pictures.jpeg.scan import Deltas, Rows, Scan, Slot, columns, rows_of

_MOST = 1023  # of a coefficient
_LONGEST_RUN = 0x7FFF  # blocks without further values
_ZEROS = 0xF0  # the symbol of 16 zeros


def blank(header: FrameHeader) -> list["array[int]"]:
    """Coefficients of every component, all zero: 64 to a block, in zigzag order."""
    counts = (columns(header, one) * rows_of(header, one) for one in header.components)
    return [array("h", bytes(2 * 64 * count)) for count in counts]


def move(values: Sequence["array[int]"], deltas: Sequence[Deltas]) -> None:
    """Add `deltas`, by component, to coefficients."""
    for one, moved in zip(values, deltas, strict=True):
        for number, delta in moved.items():
            for index, change in enumerate(delta, number * 64):
                if change:
                    one[index] = max(-_MOST, min(_MOST, one[index] + change))


def read_scan(
    scan: Scan, coded: bytes, tables: Mapping[int, Huffman], values: Sequence["array[int]"]
) -> None:
    """Read what a scan adds to `values`.

    Raises:
        DamagedError: It cannot be read to its end.
    """
    if scan.last > 63 or scan.low > 13 or (scan.first and len(scan.slots) > 1):
        raise DamagedError("it makes no sense")
    for piece, blocks in scan.intervals(coded):
        reader = BitReader(piece, tables)
        try:
            _Reading(scan, reader, values).run(blocks)
        except (IndexError, KeyError, OverflowError) as error:
            raise DamagedError("it ends early") from error
        reader.check_end()


class _Reading:
    """Reads the blocks between two restarts."""

    def __init__(self, scan: Scan, reader: BitReader, values: Sequence["array[int]"]) -> None:
        self._scan, self._reader, self._values = scan, reader, values
        self._before = [0] * len(values)
        self._run = 0  # blocks that have no further values

    def run(self, blocks: Iterable[tuple[Slot, int]]) -> None:
        """Read `blocks` by the scan's kind."""
        scan = self._scan
        if scan.first == 0:
            read = self._refine_first if scan.high else self._first
        else:
            read = self._refine_others if scan.high else self._others
        for slot, number in blocks:
            read(slot, self._values[slot.component], number * 64)

    def _first(self, slot: Slot, values: "array[int]", start: int) -> None:
        size, bits = self._reader.symbol(slot.dc)
        self._before[slot.component] += signed(bits, size)
        values[start] = self._before[slot.component] << self._scan.low

    def _refine_first(self, slot: Slot, values: "array[int]", start: int) -> None:
        values[start] |= self._reader.bits(1) << self._scan.low

    def _others(self, slot: Slot, values: "array[int]", start: int) -> None:
        if self._run:
            self._run -= 1
            return
        index, last = start + self._scan.first, start + self._scan.last
        while index <= last:
            symbol, bits = self._reader.symbol(slot.ac)
            run, size = symbol >> 4, symbol & 15
            if size:
                index += run
                if index > last:
                    raise DamagedError("a run is too long")
                values[index] = signed(bits, size) * (1 << self._scan.low)
                index += 1
            elif run == 15:
                index += 16
            else:
                self._run = (1 << run) - 1 + self._reader.bits(run)
                return

    def _refine_others(self, slot: Slot, values: "array[int]", start: int) -> None:
        index, last = start + self._scan.first, start + self._scan.last
        while not self._run and index <= last:
            symbol, bits = self._reader.symbol(slot.ac)
            run, size = symbol >> 4, symbol & 15
            if not size and run < 15:
                self._run = (1 << run) + self._reader.bits(run)
                break
            index = self._pass(values, index, last, run)
            if size and index <= last:
                values[index] = (1 if bits else -1) * (1 << self._scan.low)
            index += 1
        if self._run:
            self._pass(values, index, last, 64)
            self._run -= 1

    def _pass(self, values: "array[int]", index: int, last: int, run: int) -> int:
        """Refine known values up to the zero after `run` zeros; where that is."""
        step = 1 << self._scan.low
        while index <= last:
            value = values[index]
            if value:
                if self._reader.bits(1):
                    values[index] = value + step if value > 0 else value - step
            elif run:
                run -= 1
            else:
                break
            index += 1
        return index


def written_scan(scan: Scan, coded: bytes, values: Sequence["array[int]"]) -> Rows:
    """The rows of a scan of `values`, restarting where `coded`, the original's, does."""
    result = Rows(array("Q"), [])
    for _, blocks in scan.intervals(coded):
        _Writing(scan, result.rows, values).run(blocks)
        result.ends.append(len(result.rows))
    return result


class _Writing:
    """Writes the blocks between two restarts."""

    def __init__(self, scan: Scan, rows: "array[int]", values: Sequence["array[int]"]) -> None:
        self._scan, self._rows, self._values = scan, rows, values
        self._before = [0] * len(values)
        self._run = 0  # blocks that have no further values, not yet written
        self._bits: list[int] = []  # that refine values in those blocks

    def run(self, blocks: Iterable[tuple[Slot, int]]) -> None:
        """Write `blocks` by the scan's kind."""
        scan, table = self._scan, self._scan.slots[0].ac
        for slot, number in blocks:
            values = self._values[slot.component]
            if scan.first == 0:
                self._first(slot, values[number * 64])
                continue
            part = values[number * 64 + scan.first : number * 64 + scan.last + 1]
            if scan.high:
                self._refine_others(table, part)
            else:
                self._others(table, part)
        self._end_run(table)

    def _first(self, slot: Slot, value: int) -> None:
        value >>= self._scan.low
        if self._scan.high:
            self._rows.append(row(PLAIN, 0, value & 1, 1))
            return
        self._rows.append(valued(slot.dc, 0, value - self._before[slot.component]))
        self._before[slot.component] = value

    def _others(self, table: int, values: Sequence[int]) -> None:
        run, low = 0, self._scan.low
        for value in values:
            size = abs(value) >> low
            if not size:
                run += 1
                continue
            self._end_run(table)
            self._rows.extend([row(table, _ZEROS)] * (run // 16))
            self._rows.append(valued(table, run % 16, size if value > 0 else -size))
            run = 0
        if run:
            self._extend_run(table, [])

    def _refine_others(self, table: int, values: Sequence[int]) -> None:
        sizes = [abs(value) >> self._scan.low for value in values]
        last_new = max((place for place, size in enumerate(sizes) if size == 1), default=-1)
        run = 0
        bits: list[int] = []
        for place, size in enumerate(sizes):
            if not size:
                run += 1
                continue
            while run > 15 and place <= last_new:
                self._end_run(table)
                self._append(row(table, _ZEROS), bits)
                run, bits = run - 16, []
            if size > 1:
                bits.append(size & 1)
                continue
            self._end_run(table)
            self._append(row(table, run << 4 | 1, int(values[place] > 0), 1), bits)
            run, bits = 0, []
        if run or bits:
            self._extend_run(table, bits)

    def _append(self, new: int, bits: Sequence[int]) -> None:
        self._rows.append(new)
        self._rows.extend(_plain(bits))

    def _extend_run(self, table: int, bits: Sequence[int]) -> None:
        self._run += 1
        self._bits.extend(bits)
        if self._run == _LONGEST_RUN:
            self._end_run(table)

    def _end_run(self, table: int) -> None:
        if self._run:
            size = self._run.bit_length() - 1
            self._append(row(table, size << 4, self._run - (1 << size), size), self._bits)
            self._run, self._bits = 0, []


def _plain(bits: Iterable[int]) -> Iterator[int]:
    return (row(PLAIN, 0, bit, 1) for bit in bits)
