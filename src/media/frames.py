"""Reading exactly the frames of a range, wherever decoding has to begin for it."""

from collections import deque
from collections.abc import Generator, Iterator
from itertools import chain

from av.codec.context import ThreadType
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from contracts.errors import MediaError, Reason, WorkError
from contracts.media import SegmentRange
from media.container import kind_of, open_container, unsupported
from media.frame import Frame
from media.picture import read_picture
from media.sniff import PICTURES
from media.source import Source
from media.walk import only

__all__ = ["Frame", "RangeReader", "read_range"]

# Where a seek lands too late, it is tried again this many seconds earlier, and at last from the beginning.
_EARLIER = (0.0, 2.0, 15.0, None)


def read_range(
    source: Source, stream_index: int, span: SegmentRange, context: int = 0, threads: int = 0
) -> "RangeReader":
    """Decode the frames of `span`; before them, up to `context` earlier ones with `in_range` False.

    Args:
        stream_index: As the probe or the plan names it; 0 for a picture.
        threads: Of the decoder; 0 takes all cores.

    Raises:
        MediaError: See `media.container`; UNSUPPORTED_CODEC where nothing decodes the stream.
        WorkError: DECODE_FAILED where the range has frames but not one could be decoded.
    """
    return RangeReader(source, stream_index, span, context, threads)


class RangeReader:
    """An iterator of the frames of a range.

    Attributes:
        damaged: Packets so far that could not be decoded; the frames they held are missing.
    """

    def __init__(
        self, source: Source, stream_index: int, span: SegmentRange, context: int = 0, threads: int = 0
    ) -> None:
        self.damaged = 0
        self._source = source
        self._stream_index = stream_index
        self._span = span
        self._context = context
        self._threads = threads
        self._frames = self._read()

    def __iter__(self) -> Iterator[Frame]:
        return self._frames

    def __next__(self) -> Frame:
        return next(self._frames)

    def close(self) -> None:
        """Stop decoding and let go of the decoder."""
        self._frames.close()

    def _read(self) -> Generator[Frame, None, None]:
        kind = kind_of(self._source)
        if kind in PICTURES:
            yield Frame(read_picture(self._source), 0)
            return
        found = yield from self._video(kind)
        if not found and self._span.frames != 0:
            raise WorkError(
                Reason.DECODE_FAILED,
                "Not one frame of this part of the video could be decoded: it is damaged.",
                retryable=False,
                damaged=self.damaged,
            )

    def _video(self, kind: str) -> Generator[Frame, None, int]:
        """Try to begin ever earlier, until decoding meets the very frame that the range begins with."""
        for earlier in _EARLIER:
            with open_container(self._source, kind) as container:
                decoded = self._decode(container, earlier)
                head = self._head(decoded)
                met = bool(head) and head[-1].pts == self._span.start_pts
                if met or earlier is None or self._span.previous_pts is None:
                    return (yield from self._rest(head, decoded))
        return 0

    def _decode(self, container: InputContainer, earlier: float | None) -> Iterator[Frame]:
        stream = _stream(container, self._stream_index, self._threads)
        only(container, stream)
        self.damaged = 0
        if earlier is not None and self._span.previous_pts is not None:
            container.seek(self._place(stream, earlier), stream=stream)
        last = None
        for video in self._pictures(container, stream):
            pts = video.pts if video.pts is not None else video.dts
            if pts is not None and (last is None or pts > last):
                last = pts
                yield Frame(video, pts, pts >= self._span.start_pts)

    def _place(self, stream: VideoStream, earlier: float) -> int:
        """Where to seek to: the key frame of the range, or as far before it as the context asks."""
        assert stream.time_base is not None
        frame = self._span.seconds / self._span.frames if self._span.frames else 0.04
        before = self._span.start_pts - round(2 * self._context * frame / stream.time_base)
        return min(self._span.seek_pts, before) - round(earlier / stream.time_base)

    def _pictures(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        """All that can be decoded, as a player would go on after damage."""
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                pictures = packet.decode()
            except MemoryError:  # no damage of the file's: elsewhere it decodes
                raise
            except FFmpegError:
                self.damaged += 1
                if _ended(packets):
                    return
                continue
            yield from pictures

    def _head(self, decoded: Iterator[Frame]) -> list[Frame]:
        """The context and the first frame of the range; empty where decoding ends before it."""
        context: deque[Frame] = deque(maxlen=self._context)
        for frame in decoded:
            if frame.in_range:
                return [*context, frame]
            context.append(frame)
        return []

    def _rest(self, head: list[Frame], decoded: Iterator[Frame]) -> Generator[Frame, None, int]:
        end = self._span.end_pts
        found = 0
        for frame in chain(head, decoded):
            if end is not None and frame.pts >= end:
                break
            found += frame.in_range
            yield frame
        return found


def _ended(packets: Iterator[object]) -> bool:
    """Whether a generator broke off with its error, so that nothing more will come."""
    return getattr(packets, "gi_frame", None) is None


def _stream(container: InputContainer, index: int, threads: int) -> VideoStream:
    stream = container.streams[index] if index < len(container.streams) else None
    if not isinstance(stream, VideoStream):
        raise MediaError(Reason.NO_VIDEO_STREAM, "The file has no video where one was found before.")
    if stream.codec_context is None:
        raise unsupported(stream)
    stream.codec_context.thread_type = ThreadType.AUTO
    stream.codec_context.thread_count = threads
    return stream
