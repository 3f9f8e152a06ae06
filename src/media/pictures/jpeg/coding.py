"""The coding segments of a JPEG file with some of its blocks moved."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from media.pictures.jpeg import progressive, sequential
from media.pictures.jpeg.bits import counts, packed
from media.pictures.jpeg.frame import FrameHeader
from media.pictures.jpeg.huffman import Huffman, fitting, read_tables
from media.pictures.jpeg.markers import DHT, DRI, SOS, Part
from media.pictures.jpeg.metadata import is_metadata
from media.pictures.jpeg.scan import Deltas, Rows, Scan, scan_of

SEQUENTIAL, PROGRESSIVE = (0xC0, 0xC1), (0xC2,)  # start of frame; those coded by Huffman


@dataclass(frozen=True)
class _Step:
    """A coding segment; of a scan also what it is, with the tables that hold there."""

    part: Part
    scan: Scan | None
    tables: Mapping[int, Huffman]


def moved_parts(header: FrameHeader, parts: Sequence[Part], deltas: Sequence[Deltas]) -> Iterator[Part]:
    """The segments of a frame and its scans with `deltas`, by component, added to the coefficients.

    Raises:
        DamagedError: A scan cannot be read.
    """
    steps = list(_steps(header, parts))
    values = progressive.blank(header) if header.marker in PROGRESSIVE else []
    if values:
        for step in steps:
            if step.scan is not None:
                progressive.read_scan(step.scan, step.part.coded, step.tables, values)
        progressive.move(values, deltas)
    for step in steps:
        if step.scan is None:
            yield step.part
        elif values:
            yield from _scan(step, progressive.written_scan(step.scan, step.part.coded, values))
        else:
            yield from _scan(step, sequential.recoded(step.scan, step.part.coded, step.tables, deltas))


def _steps(header: FrameHeader, parts: Sequence[Part]) -> Iterator[_Step]:
    tables: dict[int, Huffman] = {}
    interval = 0
    for part in parts:
        read_tables(part, tables)
        if part.marker == DRI:
            interval = int.from_bytes(part.data[:2])
        if not is_metadata(part):
            scan = scan_of(header, part, interval) if part.marker == SOS else None
            yield _Step(part, scan, dict(tables))


def _scan(step: _Step, rows: Rows) -> Iterator[Part]:
    """A scan, before it new tables where the old have no code for a symbol, after it the old again."""
    used = {number: _holding(step.tables.get(number), found) for number, found in counts(rows.rows).items()}
    fresh = {number: table for number, table in used.items() if table is not step.tables.get(number)}
    for number, table in fresh.items():
        yield Part(DHT, bytes([number]) + table.data)
    yield Part(SOS, step.part.data, packed(rows.rows, rows.ends, used))
    for number in fresh:
        if number in step.tables:  # a later scan may use it
            yield Part(DHT, bytes([number]) + step.tables[number].data)


def _holding(table: Huffman | None, found: Counter[int]) -> Huffman:
    """The table itself where it has a code for every symbol, else one that has."""
    if table is not None and all(table.codes[1][symbol] for symbol in found):
        return table
    return fitting(found)
