"""A walk over the packets of a video, for containers whose index does not name every frame."""

from dataclasses import dataclass, field

from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Discard
from av.video.stream import VideoStream


@dataclass
class Walk:
    """What was met: presentation times in decoding order, those of key frames, the end of the last frame.

    Attributes:
        goes_back: Whether, after decoding jumped back, a frame was shown no later than one before the jump: no
            player shows all of these in order.
    """

    pts: list[int] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    end: int | None = None
    goes_back: bool = False
    _latest: int | None = None
    _before_jump: int | None = None
    _dts: int | None = None

    def add(self, packet: "Packet[VideoStream]") -> None:
        """Note a packet that is not empty."""
        time = packet.pts if packet.pts is not None else packet.dts
        if packet.is_keyframe and time is not None:
            self.keys.append(time)  # decoding begins at what an edit list hides, too
        if packet.dts is not None:
            if self._dts is not None and packet.dts <= self._dts:
                self._before_jump = self._latest
            self._dts = packet.dts
        pts = shown_at(packet)
        if pts is not None:
            self._show(pts, packet.duration)

    def _show(self, pts: int, duration: int | None) -> None:
        self.pts.append(pts)
        if self._before_jump is not None and pts <= self._before_jump:
            self.goes_back = True
        if self._latest is None or pts > self._latest:
            self._latest = pts
            self.end = pts + duration if duration else None


def walk(container: InputContainer, stream: VideoStream) -> Walk:
    """Visit every packet of `stream`; what is damaged ends the walk, as it ends playing."""
    only(container, stream)
    found = Walk()
    try:
        for packet in container.demux(stream):
            if packet.size:
                found.add(packet)
    except MemoryError:
        raise
    except FFmpegError:
        return found
    return found


def shown_at(packet: "Packet[VideoStream]") -> int | None:
    """When the frame of a packet is shown; None of a packet that shows none."""
    if packet.is_discard or _hidden(packet):
        return None
    return packet.pts if packet.pts is not None else packet.dts


def only(container: InputContainer, *streams: object) -> None:
    """Have the demuxer give these streams alone; others stay unread where the container allows."""
    for stream in container.streams:
        wanted = any(stream is kept for kept in streams)
        stream.discard = Discard.default if wanted else Discard.all


def _hidden(packet: "Packet[VideoStream]") -> bool:
    """Whether a packet shows no frame: VP8's alternate references (RFC 6386, section 9.1, show_frame)."""
    context = packet.stream.codec_context
    if context is None or context.name not in ("vp8", "libvpx"):
        return False
    return not (memoryview(packet)[0] >> 4) & 1
