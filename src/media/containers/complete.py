"""Whether a file is all there: its index must not point beyond its end."""

import struct

import numpy as np

from media.containers.boxes import find
from media.containers.container import truncated
from media.containers.matroska import read_headers
from media.containers.moov import Movie, Track, expand, read_movie, table
from media.sources.source import Source

_EBML_SEGMENT = b"\x18\x53\x80\x67"


def count_tracks(source: Source, kind: str) -> int:
    """Tracks by a file's own headers; 0 where only a demuxer can tell. Demuxers fail at a thousand."""
    if kind in ("mp4", "mov"):
        return len(read_movie(source).tracks)
    headers = read_headers(source) if kind in ("matroska", "webm") else None
    return len(headers.tracks) if headers is not None else 0


def check_complete(source: Source, kind: str) -> None:
    """Refuse a file that says itself that a part of it is missing: TRUNCATED."""
    if kind in ("mp4", "mov"):
        end = _samples_end(read_movie(source))
    elif kind in ("matroska", "webm"):
        end = _segment_end(source)
    elif kind == "avi":
        end = _riff_end(source)
    else:
        return
    if end > source.size:
        raise truncated(missing_bytes=end - source.size)


def _samples_end(movie: Movie) -> int:
    """Where the last sample of all tracks ends."""
    return max((_track_end(track) for track in movie.tracks), default=0)


def _track_end(track: Track) -> int:
    """Where the last chunk of a track ends: its offset and the sizes of its samples."""
    offsets = _chunk_offsets(track)
    runs = table(track.stored, b"stsc", 3)
    if not len(offsets) or not len(runs):
        return 0
    last = int(np.argmax(offsets))
    return int(offsets[last]) + _chunk_size(track, last, runs, len(offsets))


def _chunk_offsets(track: Track) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    wide = find(track.stored, b"co64")
    if wide is None:
        return table(track.stored, b"stco", 1)[:, 0]
    count = min(struct.unpack_from(">I", wide, 4)[0], (len(wide) - 8) // 8)
    return np.frombuffer(wide[8 : 8 + count * 8], ">u8").astype(np.int64)


def _chunk_size(
    track: Track, chunk: int, runs: "np.ndarray[tuple[int, int], np.dtype[np.int64]]", chunks: int
) -> int:
    firsts = runs[:, 0] - 1
    lengths = np.diff(np.append(firsts, chunks)).clip(0)
    per_chunk = expand(np.stack([lengths, runs[:, 1]], axis=1))
    if chunk >= len(per_chunk):
        return 0
    start = int(per_chunk[:chunk].sum())
    return _sizes(track, start, start + int(per_chunk[chunk]))


def _sizes(track: Track, start: int, end: int) -> int:
    """Bytes of the samples from `start` to `end` (exclusive), by the `stsz` box."""
    box = find(track.stored, b"stsz")
    if box is None or len(box) < 12:
        return 0
    every, count = struct.unpack_from(">II", box, 4)
    end = min(end, count)
    if every:
        return int(every) * max(0, end - start)
    there = min(count, (len(box) - 12) // 4)
    return int(np.frombuffer(box[12 : 12 + there * 4], ">u4")[start:end].sum(dtype=np.int64))


def _riff_end(source: Source) -> int:
    source.seek(0)
    header = source.read(8)
    return int(struct.unpack_from("<I", header, 4)[0]) + 8 if len(header) == 8 else 0


def _segment_end(source: Source) -> int:
    """Where Matroska's Segment ends (RFC 8794, sections 4 and 5); 0 where its size is not stated."""
    source.seek(0)
    head = source.read(1024)
    place = head.find(_EBML_SEGMENT)
    if place < 0 or place + 12 > len(head):
        return 0
    first = head[place + 4]
    length = 9 - first.bit_length()
    if not first or first == 0xFF or length > 8:
        return 0
    value = int.from_bytes(head[place + 4 : place + 4 + length], "big") & ((1 << 7 * length) - 1)
    unknown = (1 << 7 * length) - 1
    return 0 if value == unknown else place + 4 + length + value
