"""Reading exactly the frames of a range, wherever decoding has to begin for it."""

from collections import deque
from collections.abc import Generator, Iterator
from itertools import chain
from typing import Protocol, cast

from av.codec.context import ThreadType
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from contracts.errors import MediaError, Reason, WorkError
from contracts.media import SegmentRange
from media.containers.container import kind_of, open_container, unsupported
from media.containers.sniff import PICTURES
from media.containers.walk import only
from media.containers.windows import Window
from media.pictures.opening import read_still
from media.pixels.frame import Frame
from media.pixels.steady import Steady
from media.sources.source import Source

__all__ = ["Frame", "RangeReader", "Watch", "read_range"]

# Where a seek lands too late, it is tried again this many seconds earlier, and at last from the beginning.
_EARLIER = (0.0, 2.0, 15.0, None)


class Watch(Protocol):
    """Hears of every packet before it is decoded."""

    def begin(self, stream: VideoStream) -> None:
        """Packets of `stream` will come, from any place in it; where decoding starts anew, anew."""

    def see(self, packet: "Packet[VideoStream]") -> None:
        """The next packet in decoding order."""

    def end(self) -> None:
        """There is no further packet in the file."""


def read_range(
    source: Source,
    stream_index: int,
    span: SegmentRange,
    context: int = 0,
    threads: int = 0,
    watch: Watch | None = None,
    steady: Steady | None = None,
) -> "RangeReader":
    """Decode the frames of `span`; before them, up to `context` earlier ones with `in_range` False.

    Args:
        stream_index: As the probe or the plan names it; 0 for a picture.
        threads: Of the decoder; 0 takes all cores.
        watch: Sees the packets, some of them ahead of their frames.
        steady: What is done to each frame as it is decoded; None leaves them as they are.

    Raises:
        MediaError: See `media.containers.container`; UNSUPPORTED_CODEC where nothing decodes the stream.
        WorkError: DECODE_FAILED where the range has frames but not one could be decoded.
    """
    return RangeReader(source, stream_index, span, context, threads, watch, steady)


class RangeReader:
    """An iterator of the frames of a range.

    Where a packet cannot be decoded, decoding goes on as in a player, once more and in one thread: several
    threads would lose frames with it that can be decoded.

    Attributes:
        damaged: Packets so far that could not be decoded, and frames that are missing for it.
    """

    def __init__(
        self,
        source: Source,
        stream_index: int,
        span: SegmentRange,
        context: int = 0,
        threads: int = 0,
        watch: Watch | None = None,
        steady: Steady | None = None,
    ) -> None:
        self.damaged = 0
        self._source = source
        self._stream_index = stream_index
        self._span = span
        self._context = context
        self._threads = threads
        self._watch = watch
        self._steady = steady or Steady()
        self._before = max(context, self._steady.neighbors)  # frames that have to be decoded before the range
        self._found = 0
        self._last: int | None = None  # time of the last frame that was handed out
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
            yield read_still(self._source)
            return
        try:
            yield from self._video(kind, self._threads)
        except _DamagedError:
            yield from self._video(kind, 1)
            self._count_missing()
        if not self._found and self._span.frames != 0:
            raise WorkError(
                Reason.DECODE_FAILED,
                "Not one frame of this part of the video could be decoded: it is damaged.",
                retryable=False,
                damaged=self.damaged,
            )

    def _count_missing(self) -> None:
        """Frames that are missing where there was damage are damaged; where there was none, nothing excuses it."""
        if self.damaged and self._span.frames is not None:
            self.damaged = max(self.damaged, self._span.frames - self._found)

    def _video(self, kind: str, threads: int) -> Generator[Frame, None, None]:
        """Try to begin ever earlier, until decoding meets the very frame that the range begins with."""
        for earlier in _EARLIER:
            with open_container(self._view(earlier), kind) as container:
                decoded = self._decode(container, earlier, threads)
                head = self._head(decoded)
                met = self._is_met(head)
                # Where that frame itself is damaged, it is met nowhere.
                hopeless = bool(self.damaged and earlier)
                if met or hopeless or earlier is None or self._span.index == 0:
                    yield from self._rest(head[-self._context - 1 :], decoded)
                    break
        if threads != 1 and self._found < (self._span.frames or 0):
            raise _DamagedError

    def _is_met(self, head: list[Frame]) -> bool:
        """Whether the range's first frame was decoded, and the one before it where that has a part in it."""
        if not head or head[-1].pts != self._span.start_pts:
            return False
        if not self._steady.neighbors or self._span.index == 0:
            return True
        return len(head) > 1 and self._span.previous_pts in (None, head[-2].pts)

    def _view(self, earlier: float | None) -> Source:
        """What has to be seen of the file: its window, unless frames beyond it have a part in those within."""
        window = self._span.window if not self._steady.neighbors else None
        return Window(self._source, *window) if window is not None and earlier is not None else self._source

    def _decode(self, container: InputContainer, earlier: float | None, threads: int) -> Iterator[Frame]:
        stream = _stream(container, self._stream_index, threads)
        only(container, stream)
        self.damaged = 0
        sought = earlier is not None and self._span.index > 0
        if sought and not _sought(container, self._place(stream, earlier or 0.0), stream):
            return
        assert stream.time_base is not None
        pictures = _growing(self._pictures(container, stream, threads))
        for video in self._steady.made(pictures, stream.time_base, threads):
            pts = cast(int, video.pts)
            yield Frame(video, pts, pts >= self._span.start_pts)

    def _place(self, stream: VideoStream, earlier: float) -> int:
        """Where to seek to: the key frame of the range, or as far before it as the context asks."""
        assert stream.time_base is not None
        frame = self._span.seconds / self._span.frames if self._span.frames else 0.04
        before = self._span.start_pts - round(2 * self._before * frame / stream.time_base)
        return min(self._span.seek_pts, before) - round(earlier / stream.time_base)

    def _pictures(self, container: InputContainer, stream: VideoStream, threads: int) -> Iterator[VideoFrame]:
        """All that can be decoded, as a player would go on after damage."""
        for packet in _watched(_packets(container, stream), stream, self._watch):
            try:
                pictures = stream.codec_context.decode(packet)
            except MemoryError:  # no damage of the file's: elsewhere it decodes
                raise
            except FFmpegError as error:
                if threads != 1:
                    raise _DamagedError from error
                self.damaged += 1
                continue
            yield from pictures

    def _head(self, decoded: Iterator[Frame]) -> list[Frame]:
        """The context and the first frame of the range; empty where decoding ends before it."""
        context: deque[Frame] = deque(maxlen=self._before)
        for frame in decoded:
            if frame.in_range:
                return [*context, frame]
            context.append(frame)
        return []

    def _rest(self, head: list[Frame], decoded: Iterator[Frame]) -> Iterator[Frame]:
        end = self._span.end_pts
        for frame in chain(head, decoded):
            if end is not None and frame.pts >= end:
                break
            if self._last is None or frame.pts > self._last:
                self._last = frame.pts
                self._found += frame.in_range
                yield frame


class _DamagedError(Exception):
    """A packet could not be decoded, or frames did not come out, while several threads were decoding."""


def _packets(container: InputContainer, stream: VideoStream) -> "Iterator[Packet[VideoStream] | None]":
    """The packets up to the end of the file or of what can be read of it, then what empties the decoder."""
    try:
        yield from (packet for packet in container.demux(stream) if packet.size)
    except MemoryError:
        raise
    except FFmpegError:  # it breaks off here
        pass
    yield None


def _watched(
    packets: "Iterator[Packet[VideoStream] | None]", stream: VideoStream, watch: Watch | None
) -> "Iterator[Packet[VideoStream] | None]":
    """The same packets, `watch` hearing of each."""
    if watch is None:
        yield from packets
        return
    watch.begin(stream)
    for packet in packets:
        if packet is None:
            watch.end()
        else:
            watch.see(packet)
        yield packet


def _growing(pictures: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    """Each with its time; what does not come after the frame before it is left out."""
    last = None
    for video in pictures:
        pts = video.pts if video.pts is not None else video.dts
        if pts is not None and (last is None or pts > last):
            video.pts = last = pts
            yield video


def _sought(container: InputContainer, place: int, stream: VideoStream) -> bool:
    """Whether a seek was possible; where an index makes no sense it is not."""
    try:
        container.seek(place, stream=stream)
    except MemoryError:
        raise
    except FFmpegError:
        return False
    return True


def _stream(container: InputContainer, index: int, threads: int) -> VideoStream:
    stream = container.streams[index] if index < len(container.streams) else None
    if not isinstance(stream, VideoStream):
        raise MediaError(Reason.NO_VIDEO_STREAM, "The file has no video where one was found before.")
    if stream.codec_context is None:
        raise unsupported(stream)
    stream.codec_context.thread_type = ThreadType.AUTO
    stream.codec_context.thread_count = threads
    return stream
