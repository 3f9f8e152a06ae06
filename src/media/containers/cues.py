"""The key frames of a Matroska or WebM video by its cues."""

import math
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from media.containers.found import FrameIndex
from media.containers.matroska import Headers, cue_times, first_block_time, read_headers
from media.sources.source import Source

Integers = npt.NDArray[np.int64]

_VIDEO = 1
_STREAMS = (1, 2, 17, 33)  # types of tracks that FFmpeg makes a stream of: video, audio, subtitles, metadata
# Blocks of these carry presentation times; those of V_MS/VFW/FOURCC carry decoding times.
_CODECS = (
    "V_VP8",
    "V_VP9",
    "V_AV1",
    "V_MPEG4/ISO/",
    "V_MPEGH/ISO/",
    "V_PRORES",
    "V_FFV1",
    "V_MPEG1",
    "V_MPEG2",
)
_LONGEST_GAP = 3  # segments


def read_cues(source: Source, seconds: float) -> FrameIndex | None:
    """Key frames of the main video; None where cues are missing, or too far apart for segments of `seconds`.

    Raises:
        MediaError: PROBE_LIMIT where an index is too large to be real.
    """
    headers = read_headers(source)
    if headers is None or headers.cues is None or not 0 < headers.scale <= 10**9:
        return None
    place = _main_track(headers)
    if place is None:
        return None
    number = headers.tracks[place].number
    keys = np.unique(np.fromiter((min(time, 2**62) for time in cue_times(headers.cues, number)), np.int64))
    base = Fraction(headers.scale, 10**9)
    end = _end(headers, keys)
    if end is None or _widest(keys, end) * base > _LONGEST_GAP * Fraction(seconds):
        return None
    if first_block_time(source, headers, number) != keys[0]:
        return None
    return FrameIndex(place, base, keys, keys, end, whole=False)


def _main_track(headers: Headers) -> int | None:
    """Place of the first video among the tracks; None where FFmpeg might number its streams otherwise."""
    types = [track.type for track in headers.tracks]
    if any(not track.codec or track.type not in _STREAMS for track in headers.tracks) or _VIDEO not in types:
        return None
    place = types.index(_VIDEO)
    track = headers.tracks[place]
    return place if track.plain and track.codec.startswith(_CODECS) else None


def _end(headers: Headers, keys: Integers) -> int | None:
    """About where the video ends: where the file says it does, else a gap behind the last key frame."""
    if len(keys) < 2:
        return None
    last = int(keys[-1])
    said = headers.duration if math.isfinite(headers.duration) else 0.0
    return min(int(said), 2**62) if said > last else last + int(np.diff(keys).max())


def _widest(keys: Integers, end: int) -> int:
    return int(np.diff(np.append(keys, end)).max())
