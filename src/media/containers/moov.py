"""The index of an MP4 or MOV file, read from its `moov` box alone (ISO/IEC 14496-12, sections 8.2 to 8.8)."""

import struct
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from contracts.errors import MediaError, Reason
from media.containers.boxes import Box, find, inner_boxes, top_boxes
from media.containers.container import not_media, truncated
from media.containers.edits import Edit, read_edits
from media.sources.source import Source

Integers = npt.NDArray[np.int64]

_MAX_MOOV = 256 * 2**20  # bytes; a day of 60 fps video needs about 80 MB
_MAX_SAMPLES = 20_000_000


@dataclass(frozen=True)
class Track:
    """One track as its tables say.

    Attributes:
        index: Place among the tracks, which is FFmpeg's stream index.
        id: By which fragments name it.
        timescale: Units a second.
        edits: The edit list, empty where there is none.
        stored: Content of the `stbl` box.
    """

    index: int
    handler: bytes
    timescale: int
    edits: list[Edit]
    stored: memoryview
    thumbnails: bool = False
    id: int = 0


@dataclass(frozen=True, slots=True)
class Defaults:
    """What samples of a track's fragments have where nothing else is said (the `trex` box)."""

    duration: int = 0
    size: int = 0
    flags: int = 0


@dataclass(frozen=True)
class Movie:
    """The index of a file. `fragmented` files keep most of theirs elsewhere.

    Attributes:
        end: Offset of the first byte behind the `moov` box.
        moofs: The fragments' own indexes, in the order of the file.
        defaults: By the track's id.
    """

    timescale: int
    tracks: list[Track]
    fragmented: bool
    end: int = 0
    moofs: list[Box] = field(default_factory=list)
    defaults: dict[int, Defaults] = field(default_factory=dict)

    @property
    def video(self) -> Track | None:
        """The track that is worked on: the first of pictures that is no row of thumbnails."""
        shown = (track for track in self.tracks if track.handler == b"vide" and not track.thumbnails)
        return next(shown, None)


def read_movie(source: Source) -> Movie:
    """Read the `moov` box of an MP4 or MOV file, walking over everything else.

    Raises:
        MediaError: TRUNCATED where the box or the end of a box is missing, NOT_MEDIA where there is neither.
    """
    box, moofs = _find_indexes(source)
    source.seek(box.start)
    data = memoryview(source.read(box.end - box.start))
    header = find(data, b"mvhd")
    if header is None:
        raise not_media()
    traks = [data[trak.start : trak.end] for trak in inner_boxes(data) if trak.kind == b"trak"]
    chapters = _chapter_tracks(traks)
    tracks = [_track(index, trak, chapters) for index, trak in enumerate(traks)]
    extends = find(data, b"mvex")
    defaults = _defaults(extends) if extends is not None else {}
    return Movie(_timescale(header), tracks, extends is not None, box.end, moofs, defaults)


def chapter_tracks(source: Source) -> list[int]:
    """Which tracks are the titles or thumbnails of chapters, by their places.

    Raises:
        MediaError: See `read_movie`.
    """
    return [track.index for track in read_movie(source).tracks if track.thumbnails]


def _find_indexes(source: Source) -> tuple[Box, list[Box]]:
    """The moov box and all moof boxes; every box of the file has to end within it."""
    moov = None
    moofs = []
    for box in top_boxes(source):
        if box.end > source.size:
            raise truncated(missing_bytes=box.end - source.size)
        if box.kind == b"moov" and moov is None:
            moov = box
        elif box.kind == b"moof":
            moofs.append(box)
    if moov is None:
        raise truncated(missing="moov")
    if moov.end - moov.start > _MAX_MOOV:
        raise MediaError(Reason.PROBE_LIMIT, "The file's index is too large to be real.")
    return moov, moofs


def _defaults(extends: memoryview) -> dict[int, Defaults]:
    found = {}
    for box in inner_boxes(extends):
        if box.kind == b"trex" and box.end - box.start >= 24:
            track, _, *values = struct.unpack_from(">5I", extends, box.start + 4)
            found[track] = Defaults(*values)
    return found


def _timescale(header: memoryview) -> int:
    """Of a `mvhd` or `mdhd` box: both begin the same way. 1 where none is said."""
    return _behind_dates(header) or 1


def _behind_dates(header: memoryview) -> int:
    """The number behind the two dates that a header begins with; 0 where the box is too short for it."""
    offset = 20 if bytes(header[:1]) == b"\x01" else 12
    return int.from_bytes(header[offset : offset + 4], "big")


def _track(index: int, trak: memoryview, chapters: set[int]) -> Track:
    media = find(trak, b"mdia/mdhd")
    handler = find(trak, b"mdia/hdlr")
    return Track(
        index=index,
        handler=bytes(handler[8:12]) if handler is not None else b"",
        timescale=_timescale(media) if media is not None else 1,
        edits=read_edits(find(trak, b"edts/elst")),
        stored=find(trak, b"mdia/minf/stbl") or memoryview(b""),
        thumbnails=_track_id(trak) in chapters,
        id=_track_id(trak),
    )


def _track_id(trak: memoryview) -> int:
    header = find(trak, b"tkhd")
    return _behind_dates(header) if header is not None else 0


def _chapter_tracks(traks: list[memoryview]) -> set[int]:
    """Ids of tracks that others use as their chapters' titles or thumbnails."""
    named: set[int] = set()
    for trak in traks:
        reference = find(trak, b"tref/chap")
        if reference is not None:
            named.update(np.frombuffer(reference[: len(reference) // 4 * 4], ">u4").tolist())
    return named


def sample_count(stored: memoryview) -> int:
    """Samples of a track, by its table of sizes."""
    sizes = find(stored, b"stsz") or find(stored, b"stz2")
    return int(struct.unpack_from(">I", sizes, 8)[0]) if sizes is not None and len(sizes) >= 12 else 0


def table(stored: memoryview, kind: bytes, columns: int) -> Integers:
    """A table of a sample table box as an array of `columns` columns; no rows where it is missing."""
    box = find(stored, kind)
    if box is None or len(box) < 8:
        return np.zeros((0, columns), np.int64)
    rows = min(struct.unpack_from(">I", box, 4)[0], (len(box) - 8) // (4 * columns))
    values = np.frombuffer(box[8 : 8 + rows * columns * 4], ">u4")
    return values.astype(np.int64).reshape(rows, columns)


def expand(runs: Integers, count: int | None = None) -> Integers:
    """The values of a run-length table (length, value), at most `count` of them.

    Raises:
        MediaError: PROBE_LIMIT where the lengths are too large to be real.
    """
    if runs[:, 0].sum() > _MAX_SAMPLES:
        raise MediaError(Reason.PROBE_LIMIT, "The file's index names more frames than any real file has.")
    return np.repeat(runs[:, 1], runs[:, 0])[:count]
