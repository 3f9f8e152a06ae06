"""The headers of a Matroska or WebM file, and the cues of its video, read by ranges (RFC 9559)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from contracts.errors import MediaError, Reason
from media.containers.ebml import Element, elements, floating, inner_elements, unsigned, variable
from media.sources.source import Source

_SEGMENT, _SEEK_HEAD, _INFO, _TRACKS = 0x18538067, 0x114D9B74, 0x1549A966, 0x1654AE6B
_CUES, _CLUSTER, _ENTRY, _SEEK = 0x1C53BB6B, 0x1F43B675, 0xAE, 0x4DBB
_SEEK_ID, _SEEK_POSITION = 0x53AB, 0x53AC
_SCALE, _DURATION = 0x2AD7B1, 0x4489
_NUMBER, _TYPE, _CODEC, _DELAY, _TRACK_SCALE = 0xD7, 0x83, 0x86, 0x56AA, 0x23314F
_POINT, _TIME, _POSITIONS, _CUE_TRACK = 0xBB, 0xB3, 0xB7, 0xF7
_CLUSTER_TIME, _SIMPLE_BLOCK, _GROUP, _BLOCK = 0xE7, 0xA3, 0xA0, 0xA1

_MAX_HEADER = 64 * 2**20  # bytes of one; the cues of a day of all-intra video need 60 MB
_MAX_CHILDREN = 1000  # elements before the first cluster
_MAX_BLOCKS = 2000  # of other tracks before the first picture
_USUAL_SCALE = 1_000_000  # nanoseconds


@dataclass(frozen=True, slots=True)
class Entry:
    """A track: its number in blocks, its type, its codec.

    Attributes:
        plain: Whether the times of its blocks are presentation times in units of the file.
    """

    number: int
    type: int
    codec: str
    plain: bool


@dataclass
class Headers:
    """What comes before the media.

    Attributes:
        start, end: Of the segment's content, in bytes.
        scale: Nanoseconds of a unit of time.
        duration: In these units; 0 where it is not said.
        cues: The content of the element; None where none was met or named.
        cluster: Where the first one is.
    """

    start: int
    end: int
    scale: int = _USUAL_SCALE
    duration: float = 0.0
    tracks: list[Entry] = field(default_factory=list)
    cues: memoryview | None = None
    cluster: Element | None = None


def read_headers(source: Source) -> Headers | None:
    """Read what comes before the first cluster, and the cues; None where the file is not laid out plainly."""
    segment = next((box for box in islice(elements(source, 0, source.size), 8) if box.id == _SEGMENT), None)
    if segment is None or (segment.end is not None and segment.end != source.size):
        return None
    headers = Headers(segment.start, source.size)
    named: int | None = None
    for child in islice(elements(source, segment.start, source.size), _MAX_CHILDREN):
        if child.id == _CLUSTER:
            headers.cluster = child
            break
        if child.id in (_SEEK_HEAD, _INFO, _TRACKS, _CUES):
            named = _take(headers, child.id, _content(source, child)) or named
    if headers.cues is None and named is not None:
        _fetch_cues(source, headers, segment.start + named)
    return headers


def _take(headers: Headers, kind: int, data: memoryview) -> int | None:
    """Note what an element says; the place of the cues within the segment, where it is a list of places."""
    if kind == _INFO:
        for name, value in inner_elements(data):
            if name == _SCALE:
                headers.scale = unsigned(value)
            elif name == _DURATION:
                headers.duration = floating(value)
    elif kind == _TRACKS:
        headers.tracks = [_entry(value) for name, value in inner_elements(data) if name == _ENTRY]
    elif kind == _CUES:
        headers.cues = data
    else:
        return _named_cues(data)
    return None


def _named_cues(data: memoryview) -> int | None:
    for name, seek in inner_elements(data):
        fields = dict(inner_elements(seek)) if name == _SEEK else {}
        if _SEEK_POSITION in fields and unsigned(fields.get(_SEEK_ID, memoryview(b""))) == _CUES:
            return unsigned(fields[_SEEK_POSITION])
    return None


def _fetch_cues(source: Source, headers: Headers, place: int) -> None:
    found = next(elements(source, place, source.size), None)
    if found is not None and found.id == _CUES:
        headers.cues = _content(source, found)


def _content(source: Source, element: Element) -> memoryview:
    if element.end is None or element.end - element.start > _MAX_HEADER:
        raise MediaError(Reason.PROBE_LIMIT, "The file's index is too large to be real.")
    source.seek(element.start)
    return memoryview(source.read(element.end - element.start))


def _entry(data: memoryview) -> Entry:
    fields = dict(inner_elements(data))
    codec = bytes(fields.get(_CODEC, b"")).rstrip(b"\0").decode("ascii", "replace")
    scaled = _TRACK_SCALE in fields and floating(fields[_TRACK_SCALE]) != 1.0
    delayed = unsigned(fields[_DELAY]) if _DELAY in fields else 0
    number, kind = (unsigned(fields[name]) if name in fields else 0 for name in (_NUMBER, _TYPE))
    return Entry(number, kind, codec, not scaled and not delayed)


def cue_times(cues: memoryview, track: int) -> Iterator[int]:
    """The times that the cues name for a track, in units of the file."""
    for name, point in inner_elements(cues):
        fields = list(inner_elements(point)) if name == _POINT else []
        times = [unsigned(value) for kind, value in fields if kind == _TIME]
        positions = [dict(inner_elements(value)) for kind, value in fields if kind == _POSITIONS]
        if times and any(_CUE_TRACK in one and unsigned(one[_CUE_TRACK]) == track for one in positions):
            yield times[0]


def first_block_time(source: Source, headers: Headers, track: int) -> int | None:
    """The time of the first block of a track, in units of the file; None where the first cluster has none."""
    if headers.cluster is None:
        return None
    begun = None
    end = headers.end if headers.cluster.end is None else headers.cluster.end
    for child in islice(elements(source, headers.cluster.start, end), _MAX_BLOCKS):
        if child.id == _CLUSTER_TIME and child.end is not None:
            begun = unsigned(_content(source, child))
        block = _block(source, child)
        if block is not None and begun is not None and block[0] == track:
            return begun + block[1]
    return None


def _block(source: Source, child: Element) -> tuple[int, int] | None:
    """Track and time within its cluster of a block."""
    if child.id == _GROUP and child.end is not None:
        child = next((inner for inner in islice(elements(source, child.start, child.end), 8)
                      if inner.id == _BLOCK), child)  # fmt: skip
    if child.id not in (_SIMPLE_BLOCK, _BLOCK):
        return None
    source.seek(child.start)
    head = source.read(10)
    track = variable(head)
    if track is None or len(head) < track[1] + 2:
        return None
    return track[0], int.from_bytes(head[track[1] : track[1] + 2], "big", signed=True)
