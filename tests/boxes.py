"""MP4 files written box by box (ISO/IEC 14496-12): what no muxer writes on purpose."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NORMAL = 0x10000
PAUSE = -1
_SYNC, _NOT_SYNC = 0x0200_0000, 0x0101_0000


def box(kind: bytes, *content: bytes) -> bytes:
    """A box of `kind`."""
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kinds and contents of the boxes in `data`."""
    place = 0
    while place + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        yield kind, data[place + 8 : place + size]
        place += size


def changed(data: bytes, path: Sequence[bytes], content: bytes | None) -> bytes:
    """`data` with the content of every box at `path` replaced; None takes it out."""
    made = []
    for kind, body in boxes(data):
        if kind != path[0]:
            made.append(box(kind, body))
        elif len(path) > 1:
            made.append(box(kind, changed(body, path[1:], content)))
        elif content is not None:
            made.append(box(kind, content))
    return b"".join(made)


def with_edits(film: bytes, edits: Sequence[tuple[int, int, int]]) -> bytes:
    """A film whose index is at its end, with another edit list: duration, media time and rate of each edit."""
    rows = b"".join(struct.pack(">Qqi", *edit) for edit in edits)
    return changed(film, (b"moov", b"trak", b"edts", b"elst"), struct.pack(">II", 1 << 24, len(edits)) + rows)


@dataclass(frozen=True)
class Sample:
    """A coded frame: its bytes, when it is decoded, how much later it is shown, how long it lasts."""

    data: bytes
    dts: int
    offset: int
    duration: int
    key: bool


@dataclass(frozen=True)
class Layout:
    """How a fragment is written.

    Attributes:
        runs: Samples of each of its `trun` boxes.
        each: Which facts stand at each sample: "duration", "flags". The others are the fragment's defaults.
        base: "moof", "absolute" or "none": what offsets of data count from.
        wide: Whether its time has 64 bits.
        before: Boxes in front of it.
    """

    runs: Sequence[Sequence[Sample]]
    each: frozenset[str]
    base: str = "moof"
    wide: bool = True
    before: bytes = b""


def fragmented(head: bytes, layouts: Sequence[Layout]) -> bytes:
    """A fragmented film: `head` (ftyp and moov with mvex), and a fragment of each layout."""
    film = head
    for layout in layouts:
        film += layout.before
        film += _fragment(layout, len(film))
    return film


def _fragment(layout: Layout, place: int) -> bytes:
    size = len(_moof(layout, place, 0))  # offsets do not change the length
    moof = _moof(layout, place, size + 8)
    return moof + box(b"mdat", *(sample.data for run in layout.runs for sample in run))


def _moof(layout: Layout, place: int, data: int) -> bytes:
    first = layout.runs[0][0]
    time = struct.pack(">IQ", 1 << 24, first.dts) if layout.wide else struct.pack(">II", 0, first.dts)
    runs = []
    for run in layout.runs:
        runs.append(box(b"trun", _trun(run, layout, data)))
        data += sum(len(sample.data) for sample in run)
    header = box(b"mfhd", struct.pack(">II", 0, 1))
    return box(b"moof", header, box(b"traf", _tfhd(layout, place), box(b"tfdt", time), *runs))


def _tfhd(layout: Layout, place: int) -> bytes:
    flags = 0x8 | 0x20 | {"moof": 0x20000, "absolute": 0x1, "none": 0}[layout.base]
    base = struct.pack(">Q", place) if layout.base == "absolute" else b""
    defaults = struct.pack(">II", layout.runs[0][0].duration, _NOT_SYNC)
    return box(b"tfhd", struct.pack(">II", flags, 1), base, defaults)


def _trun(run: Sequence[Sample], layout: Layout, data: int) -> bytes:
    each = layout.each
    first = 0x4 if "flags" not in each else 0
    flags = 0x1 | first | 0x200 | 0x800 | 0x100 * ("duration" in each) | 0x400 * ("flags" in each)
    rows = b"".join(_row(sample, each) for sample in run)
    mark = struct.pack(">I", _SYNC if run[0].key else _NOT_SYNC) if first else b""
    return struct.pack(">IIi", 1 << 24 | flags, len(run), data) + mark + rows


def _row(sample: Sample, each: frozenset[str]) -> bytes:
    row = struct.pack(">I", sample.duration) if "duration" in each else b""
    row += struct.pack(">I", len(sample.data))
    row += struct.pack(">I", _SYNC if sample.key else _NOT_SYNC) if "flags" in each else b""
    return row + struct.pack(">i", sample.offset)
