"""The index of a video: when each frame is shown and where decoding can begin."""

from fractions import Fraction

import numpy as np

from contracts.errors import MediaError, Reason
from media.containers.avi import read_avi
from media.containers.container import kind_of, main_video, open_container, truncated
from media.containers.cues import read_cues
from media.containers.edits import offset_of_fragments, simplify
from media.containers.found import FrameIndex, Integers
from media.containers.fragments import read_fragments
from media.containers.moov import Movie, Track, expand, read_movie, sample_count, table
from media.containers.walk import walk
from media.containers.windows import windows_of
from media.sources.source import Source

__all__ = ["FrameIndex", "Integers", "read_index", "read_stored"]


def read_index(source: Source) -> FrameIndex:
    """Read the index of the main video: the container's own where it names every frame, else every packet.

    Raises:
        MediaError: See `media.containers.container`; TRUNCATED too where no frame is found.
    """
    return read_stored(source, None) or walk_index(source)


def read_stored(source: Source, seconds: float | None) -> FrameIndex | None:
    """The index that the container itself keeps; None where it has none that suffices.

    Args:
        seconds: Key frames alone suffice where they are about so close. None: every frame is wanted.

    Raises:
        MediaError: See `media.containers.container`.
    """
    kind = kind_of(source)
    if seconds is not None and kind in ("matroska", "webm"):
        return read_cues(source, seconds)
    if kind == "avi":
        return read_avi(source)
    return _from_movie(source, read_movie(source)) if kind in ("mp4", "mov") else None


def _from_movie(source: Source, movie: Movie) -> FrameIndex | None:
    track = movie.video
    if track is None:
        raise MediaError(Reason.NO_VIDEO_STREAM, "The file has no video in it. Please upload a video.")
    if movie.fragmented:
        return _from_fragments(source, movie, track)
    if sample_count(track.stored) > source.size:
        raise MediaError(Reason.PROBE_LIMIT, "The file's index names more frames than the file has room for.")
    return _from_track(track, movie.timescale)


def _from_fragments(source: Source, movie: Movie, track: Track) -> FrameIndex | None:
    offset = offset_of_fragments(track.edits, track.timescale, movie.timescale)
    if offset is None or sample_count(track.stored) or not movie.moofs or movie.moofs[0].offset < movie.end:
        return None
    fragments = read_fragments(source, movie, track, offset)
    if not fragments:
        return None
    rows = np.concatenate([fragment.rows for fragment in fragments])
    keys = np.unique(rows[rows[:, 3] == 1, 1])
    last = rows[np.argmax(rows[:, 1])]
    return FrameIndex(
        stream_index=track.index,
        time_base=Fraction(1, track.timescale),
        pts=_decodable(np.unique(rows[:, 1]), keys),
        keys=keys if len(keys) else rows[:1, 1],
        end=int(last[1] + last[2]),
        windows=windows_of(fragments, movie.end),
    )


def _from_track(track: Track, movie_timescale: int) -> FrameIndex | None:
    shift = simplify(track.edits, track.timescale, movie_timescale)
    runs = table(track.stored, b"stts", 2)
    count = int(runs[:, 0].sum())
    if shift is None or count == 0 or count != sample_count(track.stored):
        return None
    durations = expand(runs)
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


def walk_index(source: Source) -> FrameIndex:
    """Every frame, found by walking over the packets of the whole file.

    Raises:
        MediaError: See `read_index`.
    """
    with open_container(source) as container:
        stream = main_video(container)
        found = walk(container, stream)
        if not found.pts:
            raise truncated(missing="frames")
        if found.goes_back and kind_of(source) in ("mp4", "mov"):
            raise MediaError(
                Reason.BAD_TIMELINE,
                "The video's edit list shows frames at the same time as others. Export it as one video.",
            )
        assert stream.time_base is not None
        keys = np.unique(np.array(found.keys or found.pts[:1], np.int64))
        pts = _decodable(np.unique(np.array(found.pts, np.int64)), keys)
        return FrameIndex(stream.index, stream.time_base, pts, keys, found.end)
