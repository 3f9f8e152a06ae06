"""Writing one segment: frames in, a file that joins exactly with its neighbors out."""

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import cast

import av
import numpy as np
from av.error import FFmpegError
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from contracts.errors import Reason, WorkError
from contracts.media import EncodeSpec
from media.color import Pixels, to_bgr
from media.fit import fitted, resized
from media.frame import Frame
from media.rate import keeps

__all__ = ["SEGMENT_SUFFIX", "SegmentWriter", "keeps"]

# Segments are NUT files: the one container that keeps any time base and holds every codec but ProRes, for which
# MOV does. They begin at time zero, which NUT asks for; the true time of the first frame is in the metadata.
SEGMENT_SUFFIX = ".nut"
_FORMATS = {"prores_ks": "mov"}
FIRST_PTS = "first_pts"


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
        try:
            self._encode(video, time)
        except MemoryError:
            raise
        except (FFmpegError, OSError, ValueError) as error:
            raise _failed(error) from error
        return True

    def close(self) -> None:
        """End the file; without any frame there is none.

        Raises:
            WorkError: ENCODE_FAILED, or DISK_FULL.
        """
        if self._container is None or self._stream is None:
            return
        container, self._container = self._container, None
        try:
            container.mux(self._stream.encode(None))
            container.close()
        except MemoryError:
            raise
        except (FFmpegError, OSError) as error:
            raise _failed(error) from error

    def _encode(self, video: VideoFrame, time: int) -> None:
        if self._spec.encoder == "picture":
            self._write_picture(video)
        else:
            self._write_video(video, time)
        self.first_pts = time if self.first_pts is None else self.first_pts
        self.last_pts = time
        self.frames += 1

    def _write_video(self, video: VideoFrame, time: int) -> None:
        if self._container is None:
            self._open(time)
        assert self._container is not None and self._stream is not None and self.first_pts is not None
        picture = fitted(video, self._spec)
        picture.pts = time - self.first_pts
        picture.time_base = self._spec.time_base
        picture.pict_type = PictureType.NONE
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

    def _write_picture(self, video: VideoFrame) -> None:
        """Losslessly: the picture's own format is written once, when the result is made."""
        from PIL import Image

        pixels = to_bgr(resized(video, self._spec.width, self._spec.height))
        Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1])).save(
            self._path, format="PNG", compress_level=1
        )


def _add_stream(container: av.container.OutputContainer, spec: EncodeSpec, threads: int) -> VideoStream:
    stream = cast(VideoStream, container.add_stream(spec.encoder, rate=spec.fps or 30))
    stream.time_base = spec.time_base
    context = stream.codec_context
    context.time_base = spec.time_base
    context.width, context.height, context.pix_fmt = spec.width, spec.height, spec.pix_fmt
    context.sample_aspect_ratio = spec.sample_aspect
    context.color_primaries, context.color_trc = spec.color_primaries, spec.color_trc
    context.colorspace, context.color_range = spec.color_space, spec.color_range
    context.thread_count = threads
    context.options = dict(spec.options)
    return stream


def be_ordinary() -> None:
    """Give every thread of this process ordinary priority again.

    SVT-AV1 makes them real-time where it may, as root: they, and every process started later, would starve others.
    """
    for thread in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # it ended meanwhile
            os.sched_setscheduler(int(thread.name), os.SCHED_OTHER, os.sched_param(0))


def _failed(error: Exception) -> WorkError:
    if getattr(error, "errno", None) == 28:  # ENOSPC
        return WorkError(Reason.DISK_FULL, "The disk is full: the segment could not be written.")
    return WorkError(Reason.ENCODE_FAILED, f"The segment could not be encoded: {error}.")
