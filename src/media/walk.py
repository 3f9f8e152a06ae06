"""A walk over the packets of a video, for containers whose index does not name every frame."""

from dataclasses import dataclass, field

from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Discard
from av.video.stream import VideoStream


@dataclass
class Walk:
    """What was met: presentation times in decoding order, those of key frames, the end of the last frame."""

    pts: list[int] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    end: int | None = None


def walk(container: InputContainer, stream: VideoStream) -> Walk:
    """Visit every packet of `stream`; what is damaged ends the walk, as it ends playing."""
    only(container, stream)
    found = Walk()
    last = None
    try:
        for packet in container.demux(stream):
            pts = shown_at(packet) if packet.size else None
            if pts is None:
                continue
            found.pts.append(pts)
            if packet.is_keyframe:
                found.keys.append(pts)
            if last is None or pts > last:
                last = pts
                found.end = pts + packet.duration if packet.duration else None
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
    """Have the demuxer leave out every other stream, unread where the container allows."""
    for stream in container.streams:
        if not any(stream is kept for kept in streams):
            stream.discard = Discard.all


def _hidden(packet: "Packet[VideoStream]") -> bool:
    """Whether a packet shows no frame: VP8's alternate references (RFC 6386, section 9.1, show_frame)."""
    context = packet.stream.codec_context
    if context is None or context.name not in ("vp8", "libvpx"):
        return False
    return not (memoryview(packet)[0] >> 4) & 1
