"""One picture in, one out, through FFmpeg's codecs."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
from av.codec.context import CodecContext, Flags
from av.error import FFmpegError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation

from contracts.errors import Reason, WorkError
from media.pictures.refusals import undecodable
from media.pictures.turning import Array
from media.words import words_of

_SMOOTH = int(Interpolation.LANCZOS | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT)


def decoded(codec: str, data: bytes, header: bytes = b"") -> VideoFrame:
    """The one picture that `data` holds; `header` is what containers keep apart (extradata).

    Raises:
        MediaError: DAMAGED where it cannot be decoded whole.
    """
    context = CodecContext.create(codec, "r")
    assert isinstance(context, VideoCodecContext)
    context.options = {"err_detect": "explode+crccheck"}
    if header:
        context.extradata = header
    try:
        frames = context.decode(Packet(data)) + context.decode(None)
    except MemoryError:
        raise
    except (FFmpegError, ValueError) as error:
        raise undecodable() from error
    if not frames:
        raise undecodable()
    return frames[0]


def encoded(codec: str, frame: VideoFrame, options: Mapping[str, str], flags: Flags | int = 0) -> bytes:
    """`frame` as `codec` writes it, in the frame's own pixel format and colors.

    Raises:
        WorkError: ENCODE_FAILED.
    """
    return encoded_with_header(codec, frame, options, flags)[0]


def encoded_with_header(
    codec: str, frame: VideoFrame, options: Mapping[str, str], flags: Flags | int = 0
) -> tuple[bytes, bytes]:
    """The same, and what containers keep apart (extradata)."""
    context = CodecContext.create(codec, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = frame.width, frame.height, frame.format.name
    context.time_base = Fraction(1, 25)
    context.color_range, context.colorspace = frame.color_range, frame.colorspace
    context.options = dict(options)
    context.flags |= int(flags)
    frame.pts = 0
    try:
        packets = context.encode(frame) + context.encode(None)
    except MemoryError:
        raise
    except (FFmpegError, ValueError) as error:
        raise WorkError(
            Reason.ENCODE_FAILED, f"The picture could not be written: {words_of(error)}."
        ) from error
    return b"".join(bytes(packet) for packet in packets), bytes(context.extradata or b"")


def resized(frame: VideoFrame, size: tuple[int, int]) -> VideoFrame:
    """The frame at `size`, in its own pixel format."""
    if (frame.width, frame.height) == size:
        return frame
    return frame.reformat(width=size[0], height=size[1], interpolation=_SMOOTH, threads=1)


def packed(frame: VideoFrame) -> Array:
    """A view on a frame whose components lie side by side: height x width x components, as they are stored."""
    parts = frame.format.components
    deep = max(part.bits for part in parts) > 8
    kind = np.dtype(">u2" if deep and frame.format.is_big_endian else np.uint16 if deep else np.uint8)
    plane = frame.planes[0]
    rows: Array = np.frombuffer(plane, kind).reshape(frame.height, plane.line_size // kind.itemsize)  # type: ignore[call-overload]
    return rows[:, : frame.width * len(parts)].reshape(frame.height, frame.width, len(parts))
