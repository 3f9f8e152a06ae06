"""The index of a video: when each frame is shown and where decoding can begin."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from contracts.errors import MediaError, Reason
from media.container import kind_of, main_video, open_container, truncated
from media.edits import simplify
from media.moov import Movie, Track, expand, read_movie, sample_count, table
from media.source import Source
from media.walk import walk

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class FrameIndex:
    """Every frame that a player shows.

    Attributes:
        pts: Presentation times, ascending, each once.
        keys: Presentation times of the frames decoding can begin at, ascending.
        end: End of the last frame, None where its duration is unknown.
    """

    stream_index: int
    time_base: Fraction
    pts: Integers
    keys: Integers
    end: int | None


def read_index(source: Source) -> FrameIndex:
    """Read the index of the main video: the `moov` box where it suffices, else every packet.

    Raises:
        MediaError: See `media.container`; TRUNCATED too where no frame is found.
    """
    kind = kind_of(source)
    index = _from_movie(read_movie(source)) if kind in ("mp4", "mov") else None
    return index or _from_packets(source, kind)


def _from_movie(movie: Movie) -> FrameIndex | None:
    track = next((track for track in movie.tracks if track.handler == b"vide" and not track.thumbnails), None)
    if track is None:
        raise MediaError(Reason.NO_VIDEO_STREAM, "The file has no video in it. Please upload a video.")
    return None if movie.fragmented else _from_track(track, movie.timescale)


def _from_track(track: Track, movie_timescale: int) -> FrameIndex | None:
    shift = simplify(track.edits, track.timescale, movie_timescale)
    durations = expand(table(track.stored, b"stts", 2))
    if shift is None or len(durations) == 0 or len(durations) != sample_count(track.stored):
        return None
    shown_at = _presentation(track.stored, durations)
    shown = shift.shown(shown_at)
    if not shown.any():
        return None
    pts = shift.apply(shown_at)
    last = int(np.argmax(np.where(shown, pts, np.iinfo(np.int64).min)))
    keys = np.unique(pts[_sync_samples(track.stored, len(pts))])
    return FrameIndex(
        stream_index=track.index,
        time_base=Fraction(1, track.timescale),
        pts=_decodable(np.unique(pts[shown]), keys),
        keys=keys,
        end=int(pts[last] + durations[last]),
    )


def _decodable(pts: Integers, keys: Integers) -> Integers:
    """Without the frames before the first key frame, which nothing can decode."""
    return pts[pts >= keys[0]] if len(keys) and keys[0] <= pts[-1] else pts


def _presentation(stored: memoryview, durations: Integers) -> Integers:
    """Decoding time plus composition offset (signed, as writers use it in either version) of each sample."""
    times = np.concatenate(([0], np.cumsum(durations)[:-1]))
    offsets = expand(table(stored, b"ctts", 2), len(times))
    signed = np.where(offsets >= 2**31, offsets - 2**32, offsets)
    times[: len(signed)] += signed
    return np.asarray(times, np.int64)


def _sync_samples(stored: memoryview, count: int) -> Integers:
    """Indices of the samples decoding can begin at; all of them where there is no table."""
    numbers = table(stored, b"stss", 1)[:, 0] - 1
    numbers = numbers[(numbers >= 0) & (numbers < count)]
    return numbers if len(numbers) else np.arange(count, dtype=np.int64)


def _from_packets(source: Source, kind: str) -> FrameIndex:
    with open_container(source, kind) as container:
        stream = main_video(container)
        found = walk(container, stream)
        if not found.pts:
            raise truncated(missing="frames")
        assert stream.time_base is not None
        keys = np.unique(np.array(found.keys or found.pts[:1], np.int64))
        pts = _decodable(np.unique(np.array(found.pts, np.int64)), keys)
        return FrameIndex(stream.index, stream.time_base, pts, keys, found.end)
