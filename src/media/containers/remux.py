"""The work copy: the main video alone, packet for packet, in a container that has an index.

Every time in it is exactly the original's: nothing is shifted, so that plans, segments and the join speak of the
same frames by the same numbers.
"""

from array import array
from collections.abc import Iterable, Iterator
from errno import ENOSPC
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from contracts.errors import MediaError, Reason, WorkError
from media.containers.container import kind_of, main_video, open_container
from media.containers.index import read_stored
from media.containers.sniff import COPIED_KINDS
from media.containers.walk import only, shown_at
from media.joining.timeline import with_dts
from media.sources.source import Source, open_source

# What holds each codec as it is; FFmpeg's names. Matroska counts milliseconds.
_HOLDERS = {
    "h264": "mp4", "hevc": "mp4", "mpeg4": "mp4", "mpeg2video": "mp4", "mpeg1video": "mp4", "vp9": "mp4",
    "av1": "mp4", "vp8": "matroska",
}  # fmt: skip
_MILLISECOND = Fraction(1, 1000)
_REORDERING = ("h264", "hevc", "mpeg4", "mpeg2video", "mpeg1video")
_MOST_REORDERED = 16  # frames, in H.264 and HEVC
_BACK_SECONDS = 1.0  # by which a clock that goes back has been set anew
_WORTH_BYTES = 16 * 2**20  # a Matroska file that is smaller is read whole as fast


class _Unfit(Exception):  # noqa: N818
    """The packets cannot be held as they are."""


def remux(source: Source, out: Path, segment_seconds: float) -> bool:
    """Write a work copy of `source` to `out`; False where there is none to make, and no file then.

    There is none where the file can be planned for segments of `segment_seconds` as it is, and where no container
    holds the packets with exactly their times.

    Raises:
        MediaError: BAD_TIMELINE where the clock goes back; see `media.containers.container` too.
        WorkError: DISK_FULL.
    """
    if not _is_wanted(source, segment_seconds):
        return False
    try:
        with open_container(source) as container:
            times = _copy(container, main_video(container), out)
        _check(out, times, segment_seconds)
    except (_Unfit, ValueError, FFmpegError, OSError) as error:
        out.unlink(missing_ok=True)
        if getattr(error, "errno", None) == ENOSPC:
            message = "The disk is full: the video could not be made ready."
            raise WorkError(Reason.DISK_FULL, message) from error
        return False
    return True


def _is_wanted(source: Source, segment_seconds: float) -> bool:
    kind = kind_of(source)
    if kind == "mpegts":
        return True
    return (
        kind in COPIED_KINDS and source.size > _WORTH_BYTES and read_stored(source, segment_seconds) is None
    )


def _copy(container: InputContainer, stream: VideoStream, out: Path) -> "array[int]":
    """Write the copy; returns when its frames are shown."""
    base = stream.time_base
    codec = stream.codec_context.codec.canonical_name if stream.codec_context is not None else ""
    holder = _HOLDERS.get(codec)
    if holder is None or base is None or base.numerator != 1 or (holder != "mp4" and base != _MILLISECOND):
        raise _Unfit
    only(container, stream)
    packets = _shown(container, stream)
    if container.format.name != "mpegts":  # where decoding times are guessed
        packets = with_dts(packets, _MOST_REORDERED if codec in _REORDERING else 0, 1)
    times = array("q")
    with av.open(str(out), "w", format=holder, container_options=_options(holder, base)) as target:
        copied = target.add_stream_from_template(stream, opaque=True)
        copied.time_base = base
        for packet in _growing(packets):
            times.append(packet.pts or 0)
            packet.stream = copied
            target.mux(packet)
    return times


def _options(holder: str, base: Fraction) -> dict[str, str]:
    """In units of the video, an MP4's own clock says exactly when it begins."""
    if holder != "mp4":
        return {}
    units = str(base.denominator)
    return {"avoid_negative_ts": "disabled", "video_track_timescale": units, "movie_timescale": units}


def _check(out: Path, times: "array[int]", segment_seconds: float) -> None:
    """Refuse a copy that cannot be planned, or tells other times than were written."""
    with open_source(out) as source:
        index = read_stored(source, None) or read_stored(source, segment_seconds)
    written = np.unique(np.frombuffer(times, np.int64)) if times else np.zeros(0, np.int64)
    if index is None or not len(written):
        raise _Unfit
    expected = written[written >= index.keys[0]] if index.whole else index.keys
    if not np.array_equal(index.pts, expected) or not np.isin(index.pts, written).all():
        raise _Unfit


def _shown(container: InputContainer, stream: VideoStream) -> "Iterator[Packet[VideoStream]]":
    """The packets whose frames a player shows; damage ends them, as it ends a walk."""
    for packet in _packets(container, stream):
        if packet.size:
            packet.pts = shown_at(packet)
            if packet.pts is None:
                raise _Unfit
            yield packet


def _packets(container: InputContainer, stream: VideoStream) -> "Iterator[Packet[VideoStream]]":
    try:
        yield from container.demux(stream)
    except MemoryError:
        raise
    except FFmpegError:
        return


def _growing(packets: "Iterable[Packet[VideoStream]]") -> "Iterator[Packet[VideoStream]]":
    last: int | None = None
    for packet in packets:
        if packet.dts is None or packet.pts is None or packet.dts > packet.pts:
            raise _Unfit
        if last is not None and packet.dts <= last:
            _check_clock(packet, last)
            raise _Unfit
        last = packet.dts
        yield packet


def _check_clock(packet: "Packet[VideoStream]", last: int) -> None:
    assert packet.dts is not None
    back = float((last - packet.dts) * packet.time_base)
    if back > _BACK_SECONDS:
        raise MediaError(
            Reason.BAD_TIMELINE,
            f"The video's clock goes back by {back:.4g} s in the middle, as where recordings were put one after "
            "another. Export it as one video, or upload the parts by themselves.",
            seconds=back,
        )
