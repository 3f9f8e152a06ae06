"""HEVC and AV1 as items hold them: coded pictures, and a configuration that several share."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.error import FFmpegError
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream
from PIL import AvifImagePlugin, Image

from contracts.errors import Reason, WorkError
from media.encode import be_ordinary
from media.pictures.coded import decoded
from media.pictures.heif.boxes import read_boxes
from media.pictures.heif.meta import Meta
from media.pixels.color import to_bgr
from media.pixels.planes import planes
from media.words import words_of

_BASE = Fraction(1, 25)
_AV1_HEADER = 4  # bytes of a configuration before the sequence header it may hold

# Near to lossless: well above 45 dB against the decoded original where nothing was swapped.
_OPTIONS = {
    "libx265": {"preset": "superfast", "crf": "4", "x265-params": "keyint=1:info=0:log-level=none:aq-mode=0"},
    # For still pictures it takes a quarter of the memory.
    "libsvtav1": {"preset": "6", "crf": "3", "svtav1-params": "avif=1:lp=1"},
}
_OFFERED = {
    "libx265": (
        "yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p10le",
        "yuv420p12le", "yuv422p12le", "yuv444p12le", "gray", "gray10le", "gray12le",
    ),
    "libsvtav1": ("yuv420p", "yuv420p10le"),
}  # fmt: skip
_FULL = 2
_BT601 = (5, 6)


@dataclass(frozen=True)
class Coding:
    """How items of a kind are coded.

    Attributes:
        configuration: The property that holds what a decoder needs first.
    """

    configuration: bytes
    encoder: str

    def decode(self, configuration: bytes, data: bytes) -> VideoFrame:
        """The picture of an item."""
        if self.encoder == "libx265":
            return decoded("hevc", data, configuration)
        return decoded("libdav1d", configuration[_AV1_HEADER:] + data)

    def loses(self, frame: VideoFrame) -> bool:
        """Whether chroma or depth of a frame cannot be written as they are."""
        return not self._by_pillow(frame) and self._nearest(frame) != _plain(frame)

    def _nearest(self, frame: VideoFrame) -> str:
        """The pixel format that is written for a frame's."""
        name = _plain(frame)
        if name in _OFFERED[self.encoder]:
            return name
        return "yuv420p10le" if frame.format.components[0].bits > 8 else "yuv420p"

    def _by_pillow(self, frame: VideoFrame) -> str | None:
        """The chroma that Pillow's AV1 encoder is asked for where FFmpeg's has no such format: of 8 bits."""
        usual = int(frame.color_range) == _FULL and int(frame.colorspace) in _BT601
        chosen = {"gray": "4:0:0", "yuv444p": "4:4:4", "yuv422p": "4:2:2"}.get(_plain(frame))
        return chosen if self.encoder == "libsvtav1" and usual else None

    def encode(self, frames: Sequence[VideoFrame]) -> tuple[bytes, list[bytes]]:
        """Frames of one size and format as items: their common configuration, and the bytes of each.

        Raises:
            WorkError: ENCODE_FAILED.
        """
        chroma = self._by_pillow(frames[0])
        if chroma is not None:
            stills = [_pillow(frame, chroma) for frame in frames]
            return stills[0][0], [data for _, data in stills]
        wanted = [_in_format(frame, self._nearest(frame)) for frame in frames]
        # A still picture's encoder takes one.
        runs = [[frame] for frame in wanted] if self.encoder == "libsvtav1" else [wanted]
        made = [_coded(self.encoder, run) for run in runs]
        return made[0][0], [data for _, items in made for data in items]


def _coded(encoder: str, frames: Sequence[VideoFrame]) -> tuple[bytes, list[bytes]]:
    """Frames as an MP4 file holds them: what is common to all, and each one's bytes."""
    file = io.BytesIO()
    try:
        with av.open(file, "w", format="mp4") as out:
            stream = _stream(out, frames[0], encoder)
            for number, frame in enumerate(frames):
                frame.pts, frame.time_base, frame.pict_type = number, _BASE, PictureType.I
                out.mux(stream.encode(frame))
                if encoder == "libsvtav1":
                    be_ordinary()
            out.mux(stream.encode(None))
        file.seek(0)
        with av.open(file, "r", format="mov") as result:
            video = result.streams.video[0]
            configuration = bytes(video.codec_context.extradata or b"")
            return configuration, [bytes(packet) for packet in result.demux(video) if packet.size]
    except MemoryError:
        raise
    except (FFmpegError, ValueError) as error:
        raise WorkError(
            Reason.ENCODE_FAILED, f"The picture could not be written: {words_of(error)}."
        ) from error


def _plain(frame: VideoFrame) -> str:
    """A frame's format by the name that does not tell its range."""
    return frame.format.name.replace("yuvj", "yuv")


def _in_format(frame: VideoFrame, name: str) -> VideoFrame:
    if frame.format.name == name:
        return frame
    made = frame.reformat(format=name, src_color_range=frame.color_range, dst_color_range=frame.color_range)
    made.color_range, made.colorspace = frame.color_range, frame.colorspace
    return made


def _pillow(frame: VideoFrame, chroma: str) -> tuple[bytes, bytes]:
    """A frame of full range and the matrix of BT.601, which Pillow writes: configuration and bytes."""
    gray = chroma == "4:0:0"
    pixels = planes(frame)[0] if gray else to_bgr(frame)[:, :, ::-1]
    file = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(pixels))
    # Named by its plugin, which Pillow loads only when asked for, and then with all others.
    image.save(file, AvifImagePlugin.AvifImageFile.format, quality=98, subsampling=chroma, speed=6)
    meta = Meta(next(box.data for box in read_boxes(file.getvalue()) if box.kind == b"meta"))
    return meta.property_of(meta.primary, b"av1C") or b"", meta.item_bytes(meta.primary, file.getvalue())


CODINGS = {b"hvc1": Coding(b"hvcC", "libx265"), b"av01": Coding(b"av1C", "libsvtav1")}


def _stream(out: av.container.OutputContainer, like: VideoFrame, encoder: str) -> VideoStream:
    stream = out.add_stream(encoder, rate=25)
    assert isinstance(stream, VideoStream)
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = like.width, like.height, like.format.name
    context.color_range, context.colorspace = like.color_range, like.colorspace
    context.options = dict(_OPTIONS[encoder])
    return stream
