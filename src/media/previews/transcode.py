"""Encoding for the page: small H.264 and AAC tracks, at the times of the original's frames."""

from fractions import Fraction
from typing import cast

from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import OutputContainer
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorRange, Interpolation
from av.video.stream import VideoStream

from media.pixels.color import range_of
from media.pixels.display import display_matrix

_SAMPLE_RATE = 48_000
_SMOOTH = int(Interpolation.AREA | Interpolation.ACCURATE_RND)


class PictureTrack:
    """An H.264 track in 8 bit 4:2:0.

    Args:
        like: The original's stream, whose times it has.
        first: A frame of it, whose shape and colors it has.
        most: Pixels that the shorter side has at most.
        start: Seconds that become time zero.
    """

    def __init__(
        self, out: OutputContainer, like: VideoStream, first: VideoFrame, most: int, start: Fraction
    ) -> None:
        self._out = out
        self._like = like
        self._most = most
        self._base = cast(Fraction, like.time_base)
        self._start = round(start / self._base)
        self._last: int | None = None
        self._rate = like.average_rate or like.guessed_rate or Fraction(30)
        self._stream = out.add_stream("libx264", rate=self._rate)
        self._prepare(first)

    def write(self, frame: VideoFrame) -> None:
        """Encode a frame; one that does not come after the one before is left out."""
        if frame.pts is None or (self._last is not None and frame.pts <= self._last):
            return
        self._last = frame.pts
        small = frame.reformat(
            width=self._stream.width,
            height=self._stream.height,
            format="yuv420p",
            src_color_range=range_of(frame),
            dst_color_range=ColorRange.MPEG,
            interpolation=_SMOOTH,
            threads=1,
        )
        small.pts, small.time_base = frame.pts - self._start, self._base
        small.pict_type = PictureType.NONE
        self._out.mux(self._stream.encode(small))

    def close(self) -> None:
        """Encode what is left."""
        self._out.mux(self._stream.encode(None))

    def _prepare(self, frame: VideoFrame) -> None:
        context = self._stream.codec_context
        context.width, context.height = reduced(frame.width, frame.height, self._most)
        context.pix_fmt, context.time_base = "yuv420p", self._base
        context.sample_aspect_ratio = self._like.sample_aspect_ratio or Fraction(1)
        context.color_primaries, context.color_trc = int(frame.color_primaries), int(frame.color_trc)
        context.colorspace, context.color_range = int(frame.colorspace), int(ColorRange.MPEG)
        context.options = {"preset": "veryfast", "crf": "23"}
        self._stream.set_display_matrix(display_matrix(frame))


class SoundTrack:
    """A stereo AAC track. Sound may change its format, layout or rate midway."""

    def __init__(self, out: OutputContainer, start: Fraction) -> None:
        self._out = out
        self._start = start
        self._stream = out.add_stream("aac", rate=_SAMPLE_RATE)
        self._stream.codec_context.layout = "stereo"
        self._stream.codec_context.bit_rate = 128_000
        self._form: tuple[str, str, int] | None = None
        self._resampler: AudioResampler | None = None
        self._next: int | None = None

    def write(self, frame: AudioFrame) -> None:
        """Encode a frame of any format."""
        if frame.pts is None or frame.time_base is None:
            return
        frame.pts -= round(self._start / frame.time_base)
        form = frame.format.name, frame.layout.name, frame.sample_rate
        if form != self._form:
            self._resample(None)
            self._form, self._resampler = form, AudioResampler("fltp", "stereo", _SAMPLE_RATE)
        self._resample(frame)

    def close(self) -> None:
        """Encode what is left."""
        self._resample(None)
        self._out.mux(self._stream.encode(None))

    def _resample(self, frame: AudioFrame | None) -> None:
        for one in self._resampler.resample(frame) if self._resampler is not None else ():
            assert one.pts is not None and one.time_base is not None
            pts = round(one.pts * one.time_base * _SAMPLE_RATE)
            one.pts = pts if self._next is None else max(pts, self._next)  # what a change cut off overlaps
            one.time_base = Fraction(1, _SAMPLE_RATE)
            self._next = one.pts + one.samples
            self._out.mux(self._stream.encode(one))


def reduced(width: int, height: int, most: int) -> tuple[int, int]:
    """An even size of the same shape whose shorter side has at most `most` pixels."""
    ratio = min(Fraction(1), Fraction(most, min(width, height)))
    return max(2, round(width * ratio / 2) * 2), max(2, round(height * ratio / 2) * 2)
