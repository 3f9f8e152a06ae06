"""Writing one segment: frames in, a file that joins exactly with its neighbors out."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import cast

import av
from av.codec.context import Flags
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from contracts.errors import Reason, WorkError
from contracts.media import EncodeSpec
from media.joining.segments import FIRST_PTS
from media.pictures.change import write_change
from media.pictures.still import Still
from media.pixels.color import Pixels
from media.pixels.fit import fitted
from media.pixels.frame import Frame
from media.rate import keeps
from media.runs import Runs
from media.untouched.groups import VideoPacket
from media.words import words_of

__all__ = ["SEGMENT_SUFFIX", "SegmentWriter", "keeps"]

# Segments are NUT files: the one container that keeps any time base and holds every codec but ProRes, for which
# MOV does. They begin at time zero, which NUT asks for; the true time of the first frame is in the metadata.
SEGMENT_SUFFIX = ".nut"
_FORMATS = {"prores_ks": "mov"}


class SegmentWriter:
    """Encodes the frames of one segment.

    Attributes:
        frames: Frames written.
        first_pts, last_pts: Of the frames written; None before the first.
    """

    def __init__(
        self, path: str | Path, spec: EncodeSpec, previous_pts: int | None = None, threads: int = 0
    ) -> None:
        """Begin a file at `path`.

        Args:
            previous_pts: Time of the last source frame before the segment (`SegmentRange.previous_pts`).
            threads: Of the encoder; 0 takes all cores. Does not change the segments' headers.
        """
        self.frames = 0
        self.first_pts: int | None = None
        self.last_pts: int | None = None
        self._path = Path(path)
        self._spec = spec
        self._previous = previous_pts
        self._threads = threads
        self._container: av.container.OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._runs: Runs | None = None  # where packets may be copied

    def __enter__(self) -> "SegmentWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except WorkError:
            if error is None:  # else it only follows from the first
                raise

    def write(self, frame: Frame | Pixels, pts: int | None = None) -> bool:
        """Encode a frame, or an h x w x 3 BGR array; frames above the frame-rate limit are left out.

        `pts` is in units of the spec's time base, by default the frame's own; it has to grow from frame to
        frame. Returns whether the frame was written.

        Raises:
            WorkError: ENCODE_FAILED, or DISK_FULL.
        """
        video = frame.video if isinstance(frame, Frame) else VideoFrame.from_ndarray(frame, format="bgr24")
        time = pts if pts is not None else cast(Frame, frame).pts
        previous, self._previous = self._previous, time
        if not keeps(previous, time, self._spec.time_base, self._spec.fps_limit):
            return False
        with _failing():
            if isinstance(frame, Still):
                write_change(self._path, frame.change())
            else:
                self._write_video(video, time)
        self._count([time])
        return True

    def copy(self, packets: Sequence[VideoPacket]) -> None:
        """Take over packets of the source as they are, whole groups of pictures; for a spec that `copies`.

        Raises:
            WorkError: ENCODE_FAILED, or DISK_FULL.
        """
        times = sorted(cast(int, packet.pts) for packet in packets)
        with _failing():
            if self._container is None:
                self._open(times[0])
            assert self._runs is not None and self.first_pts is not None
            self._runs.copy(packets, self.first_pts)
        self._previous = times[-1]
        self._count(times)

    def _count(self, times: Sequence[int]) -> None:
        self.first_pts = times[0] if self.first_pts is None else self.first_pts
        self.last_pts = times[-1]
        self.frames += len(times)

    def close(self) -> None:
        """End the file; without any frame there is none.

        Raises:
            WorkError: ENCODE_FAILED, or DISK_FULL.
        """
        if self._container is None or self._stream is None:
            return
        container, self._container = self._container, None
        with _failing():
            if self._runs is not None:
                self._runs.end()
            else:
                container.mux(self._stream.encode(None))
            container.close()

    def _write_video(self, video: VideoFrame, time: int) -> None:
        if self._container is None:
            self._open(time)
        assert self._container is not None and self._stream is not None and self.first_pts is not None
        picture = fitted(video, self._spec)
        picture.pts = time - self.first_pts
        picture.time_base = self._spec.time_base
        picture.pict_type = PictureType.NONE
        if self._runs is not None:
            self._runs.encode(picture)
            return
        packets = self._stream.encode(picture)
        if self.frames == 0 and self._spec.encoder == "libsvtav1":
            be_ordinary()
        self._container.mux(packets)

    def _open(self, first_pts: int) -> None:
        self.first_pts = first_pts
        options = {"avoid_negative_ts": "disabled"}
        kind = _FORMATS.get(self._spec.encoder, "nut")
        if kind == "mov":
            options |= {
                "movflags": "use_metadata_tags",
                "video_track_timescale": str(self._spec.time_base.denominator),
            }
        self._container = av.open(str(self._path), "w", format=kind, container_options=options)
        self._container.metadata[FIRST_PTS] = str(first_pts)
        self._stream = _add_stream(self._container, self._spec, self._threads)
        if self._spec.copies:
            self._runs = Runs(self._container, self._stream, self._spec, self._new_encoder)

    def _new_encoder(self) -> VideoCodecContext:
        context = cast(VideoCodecContext, VideoCodecContext.create(self._spec.encoder, "w"))
        context.flags |= Flags.global_header
        context.framerate = self._spec.fps or Fraction(30)
        _set_up(context, self._spec, self._threads)
        return context


def _add_stream(container: av.container.OutputContainer, spec: EncodeSpec, threads: int) -> VideoStream:
    stream = cast(VideoStream, container.add_stream(spec.encoder, rate=spec.fps or 30))
    stream.time_base = spec.time_base
    _set_up(stream.codec_context, spec, threads)
    return stream


def _set_up(context: VideoCodecContext, spec: EncodeSpec, threads: int) -> None:
    context.time_base = spec.time_base
    context.width, context.height, context.pix_fmt = spec.width, spec.height, spec.pix_fmt
    context.sample_aspect_ratio = spec.sample_aspect
    context.color_primaries, context.color_trc = spec.color_primaries, spec.color_trc
    context.colorspace, context.color_range = spec.color_space, spec.color_range
    context.thread_count = threads
    context.options = dict(spec.options)


def be_ordinary() -> None:
    """Give every thread of this process ordinary priority again.

    SVT-AV1 makes them real-time where it may, as root: they, and every process started later, would starve others.
    """
    for thread in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # it ended meanwhile
            os.sched_setscheduler(int(thread.name), os.SCHED_OTHER, os.sched_param(0))


@contextmanager
def _failing() -> Iterator[None]:
    """Whatever goes wrong within is told as a failure of the segment."""
    try:
        yield
    except MemoryError:
        raise
    except (FFmpegError, OSError, ValueError) as error:
        raise _failed(error) from error


def _failed(error: Exception) -> WorkError:
    if getattr(error, "errno", None) == 28:  # ENOSPC
        return WorkError(Reason.DISK_FULL, "The disk is full: the segment could not be written.")
    return WorkError(Reason.ENCODE_FAILED, f"The segment could not be encoded: {words_of(error)}.")
