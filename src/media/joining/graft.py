"""Grafting: a new video into an MP4 or MOV file, of which all else stays byte for byte as it was.

FFmpeg's muxer knows sound and pictures. Timecode, captions, a camera's measurements, a phone's tags, edit lists
of sound, groups of tracks: only the file's own boxes hold all of that, so they are taken over as they are. The
samples are laid out anew, in the order of their times, with the index in front.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from media.containers.boxes import find, inner_boxes, top_boxes
from media.containers.moov import Integers, Movie, read_movie
from media.joining.chunks import Chunks, read_chunks
from media.joining.grafted import grafted, packed
from media.joining.segments import mismatch
from media.sources.source import Source

_WIDE = 2**32 - 2**28  # bytes from which offsets take 64 bits
_PIECE = 2**20
_MDAT_HEADER = 16


@dataclass(frozen=True)
class Stock:
    """A file that a video can be grafted into.

    Attributes:
        moov: Content of its `moov` box.
        chunks: Of each track.
        timescale: Units a second of the movie's clock.
    """

    moov: memoryview
    movie: Movie
    chunks: list[Chunks]

    @property
    def timescale(self) -> int:
        """Units a second of the movie's clock."""
        return self.movie.timescale


def read_stock(source: Source) -> Stock | None:
    """What `graft` needs of a file; None where its tables do not say all, as where it is fragmented."""
    movie = read_movie(source)
    moov = memoryview(_content(source, b"moov"))
    if movie.fragmented or movie.video is None or not _own(moov):
        return None
    chunks = [read_chunks(track) for track in movie.tracks]
    known = [found for found in chunks if found is not None]
    if len(known) < len(chunks) or not _plausible(known, source.size):
        return None
    return Stock(moov, movie, known)


def graft(video: Source, stock: Stock, source: Source, out: Path, delay: Fraction) -> None:
    """Write `source`, of which `stock` was read, with the only track of `video` in place of its own.

    Args:
        video: An MP4 or MOV file whose movie clock is that of `stock`.
        delay: When the first frame is shown, in seconds.

    Raises:
        WorkError: RESULT_MISMATCH where `source` is not as it was when `stock` was read.
    """
    assert stock.movie.video is not None
    main = stock.movie.video.index
    fresh = read_chunks(read_movie(video).tracks[0])
    assert fresh is not None
    rows = [fresh if place == main else chunks for place, chunks in enumerate(stock.chunks)]
    kind = packed(b"ftyp", _content(video, b"ftyp"))
    wide = sum(row.total for row in rows) + len(stock.moov) * 3 > _WIDE
    order = _Order(rows)
    new, pause = memoryview(_content(video, b"moov")), round(delay * stock.timescale)
    length = len(grafted(stock.moov, new, main, order.placed(0), wide, pause))
    offsets = order.placed(len(kind) + length + _MDAT_HEADER)
    with out.open("wb") as file:
        file.write(kind)
        file.write(grafted(stock.moov, new, main, offsets, wide, pause))
        file.write(np.array([1], ">u4").tobytes() + b"mdat")
        file.write(np.array([order.total + _MDAT_HEADER], ">u8").tobytes())
        for row, offset, size in order.walk():
            for piece in _pieces(video if row == main else source, offset, size):
                file.write(piece)


class _Order:
    """All chunks of a result in the order of their times."""

    def __init__(self, rows: Sequence[Chunks]) -> None:
        self._rows = rows
        self._owners = np.repeat(np.arange(len(rows)), [len(row.offsets) for row in rows])
        self._order = np.argsort(np.concatenate([row.seconds for row in rows]), kind="stable")
        self._sizes = np.concatenate([row.sizes for row in rows])
        self._offsets = np.concatenate([row.offsets for row in rows])
        self.total = int(self._sizes.sum())

    def placed(self, start: int) -> list[Integers]:
        """Where each row's chunks come to lie if the first lies at `start`."""
        sizes = self._sizes[self._order]
        places = np.empty(len(sizes), np.int64)
        places[self._order] = start + np.cumsum(sizes) - sizes
        return [places[self._owners == row] for row in range(len(self._rows))]

    def walk(self) -> "zip[tuple[int, int, int]]":
        """Each chunk: its row, where it lies now, its size."""
        order = self._order
        return zip(
            self._owners[order].tolist(),
            self._offsets[order].tolist(),
            self._sizes[order].tolist(),
            strict=True,
        )


def _pieces(source: Source, offset: int, size: int) -> Iterator[bytes]:
    source.seek(offset)
    while size:
        piece = source.read(min(size, _PIECE))
        if not piece:
            raise mismatch("the original ends before its index says")
        size -= len(piece)
        yield piece


def _content(source: Source, kind: bytes) -> bytes:
    """The content of the first box of a kind at the top level; empty where there is none."""
    for box in top_boxes(source):
        if box.kind == kind:
            source.seek(box.start)
            return source.read(box.end - box.start)
    return b""


def _own(moov: memoryview) -> bool:
    """Whether all samples are in the file itself (ISO/IEC 14496-12, section 8.7.2)."""
    traks = (moov[box.start : box.end] for box in inner_boxes(moov) if box.kind == b"trak")
    tables = [find(trak, b"mdia/minf/dinf/dref") for trak in traks]
    return all(
        found is None or all(_is_own(found[box.start : box.end]) for box in inner_boxes(found, 8))
        for found in tables
    )


def _is_own(reference: memoryview) -> bool:
    return len(reference) >= 4 and bool(reference[3] & 1)


def _plausible(rows: Sequence[Chunks], size: int) -> bool:
    """Whether every chunk lies in a file of `size` bytes, and they are not more than the file."""
    inside = all(
        bool(((row.offsets >= 0) & (row.sizes >= 0) & (row.offsets <= size - row.sizes)).all())
        for row in rows
    )
    return inside and sum(row.total for row in rows) <= size
