"""Media as the actors speak of it: what was found in a file, how it is cut, how it is encoded.

Times are integers in the stream's own time base unless a name ends in `seconds`.
"""

from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from contracts.notes import Note


def _fraction(value: object) -> Fraction:
    if isinstance(value, list | tuple) and len(value) == 2:
        return Fraction(int(value[0]), int(value[1]))
    return value if isinstance(value, Fraction) else _parsed(str(value))


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Fraction:
    """Time bases come in every message, few of them different, and are slow to parse."""
    return Fraction(text)


# An exact rational that travels as the string "num/den".
Rational = Annotated[
    Fraction,
    BeforeValidator(_fraction),
    PlainSerializer(lambda f: f"{f.numerator}/{f.denominator}", return_type=str),
]


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True)


class MediaKind(StrEnum):
    """What kind of target an upload is."""

    VIDEO = "video"
    PICTURE = "picture"


class MasteringDisplay(_Fact):
    """The display that HDR was graded on, as SMPTE ST 2086 has it: integers, so that nothing is rounded twice.

    Attributes:
        red, green, blue, white: CIE 1931 x and y of the primaries and the white point, in 1/50000.
        max_luminance, min_luminance: In 1/10000 candela per square meter.
    """

    red: tuple[int, int]
    green: tuple[int, int]
    blue: tuple[int, int]
    white: tuple[int, int]
    max_luminance: int
    min_luminance: int


class ContentLight(_Fact):
    """How bright HDR gets, by CTA-861.3, in candela per square meter.

    Attributes:
        most: Of the brightest pixel (MaxCLL).
        most_average: Of the brightest frame on average (MaxFALL).
    """

    most: int
    most_average: int


class VideoStream(_Fact):
    """The main video stream of a file.

    Attributes:
        width, height: Stored size in pixels, before rotation.
        rotation: Degrees clockwise a player turns the picture by: 0, 90, 180 or 270.
        fps: Average frames a second; 0 where the container does not say.
        frames: Number of frames by the index; None where there is none.
        sample_aspect: Width of a pixel over its height; 1 where not stated.
        color_*: FFmpeg's code points, 2 meaning unspecified; `color_range` 0 unspecified, 1 limited, 2 full.
        display_matrix: The nine numbers of the container's display matrix in FFmpeg's layout, None where
            there is none. Says what `rotation` says, and flips too.
        chroma_location: Where color samples lie between pixels, H.264's and HEVC's `chroma_sample_loc_type`; None
            where it is not stated.
        interlaced: Whether frames are made of two fields, or some are.
        alpha: Whether there is transparency, even where `pix_fmt` has none of it.
        dynamic_hdr: What changes the picture's brightness scene by scene: "HDR10+", "Dolby Vision".
        header: The codec's header as the container has it, hexadecimal; empty where there is none, or a huge one.
        reorder_frames: How many frames a frame may overtake in decoding order, as far as the decoder knows.
    """

    index: int
    codec: str
    profile: str | None = None
    width: int
    height: int
    rotation: int = 0
    pix_fmt: str
    bit_depth: int = 8
    time_base: Rational
    fps: Rational = Fraction(0)
    frames: int | None = None
    bit_rate: int | None = None
    sample_aspect: Rational = Fraction(1)
    color_primaries: int = 2
    color_trc: int = 2
    color_space: int = 2
    color_range: int = 0
    display_matrix: tuple[int, ...] | None = None
    chroma_location: int | None = None
    interlaced: bool = False
    alpha: bool = False
    mastering_display: MasteringDisplay | None = None
    content_light: ContentLight | None = None
    dynamic_hdr: list[str] = Field(default_factory=list)
    header: str = ""
    reorder_frames: int = 0

    @property
    def display_size(self) -> tuple[int, int]:
        """Width and height in pixels as a viewer sees them."""
        return (self.height, self.width) if self.rotation % 180 else (self.width, self.height)


class AudioStream(_Fact):
    """An audio stream that will be copied."""

    index: int
    codec: str
    sample_rate: int
    channels: int
    language: str | None = None


class MediaInfo(_Fact):
    """What a probe found.

    Attributes:
        container: "mp4", "mov", "matroska", "webm", "mpegts", "avi"; "jpeg", "png", "webp", "avif" or "heic" of
            a picture.
        duration_seconds: Of the video stream; measured by packets where the header has none. 0 for a picture.
        size: Bytes of the file.
        bytes_read: Bytes the probe had to read.
        work_copy: Whether a copy of the video with an index lies beside the file, with the same times: planned
            and decoded instead of it.
    """

    kind: MediaKind
    container: str
    duration_seconds: float
    size: int
    video: VideoStream
    audio: list[AudioStream] = Field(default_factory=list)
    subtitles: int = 0
    bytes_read: int = 0
    work_copy: bool = False


class SegmentRange(_Fact):
    """A range of presentation time, end exclusive.

    Attributes:
        start_pts, end_pts: Frames with start_pts <= pts < end_pts belong to it; None is the end of the stream.
        seek_pts: PTS of the key frame decoding begins at.
        last_key_pts: PTS of the last key frame at or before `end_pts`; None for the last range, or where unknown.
        previous_pts: PTS of the last frame before the range, None for the first; lets a frame-rate limit
            drop the same frames whether a video is cut or not. None too where the index names key frames
            only, which is used for no video that such a limit may touch.
        frames: Source frames in the range by the index, None where unknown.
        window: Of a fragmented file, where its headers end, and the first and last byte (exclusive) of the
            fragments that are needed to decode the range. None: everything may be.
    """

    index: int
    start_pts: int
    end_pts: int | None
    seek_pts: int
    last_key_pts: int | None = None
    previous_pts: int | None = None
    frames: int | None = None
    seconds: float
    window: tuple[int, int, int] | None = None


class Plan(_Fact):
    """A partition of the video's frames into segments.

    Attributes:
        stream_index: The stream that was planned, as the probe found it.
        end_pts: End of the last frame, None where its duration is unknown.
        bytes_read: Bytes of the container that had to be read to make it.
    """

    time_base: Rational
    segments: list[SegmentRange]
    stream_index: int = 0
    end_pts: int | None = None
    frames: int | None = None
    bytes_read: int = 0


class EncodeSpec(_Fact):
    """How every segment of a job is encoded: one value a job, so that segments join exactly.

    Attributes:
        container: FFmpeg's muxer of the result: "mp4", "mov", "matroska", "webm"; "jpeg", "png", "webp", "avif",
            "heic" of a picture.
        encoder: FFmpeg encoder name, such as "libx264"; "picture" where the target is one.
        width, height: Stored size of the result in pixels, before rotation; even where chroma asks for it.
        fps_limit: At most this many frames a second are kept; None keeps all.
        options: Encoder options, the same for every segment.
        reorder_frames: How many frames an encoded frame may overtake: the distance of DTS to PTS, in frames.
        codec_tag: Four characters that name the codec in MP4 and MOV, such as "apch"; None leaves the usual.
        source_size: Width and height of the first frame; later ones of another size are scaled to it as they
            are read. None leaves them as they are.
        deinterlace: Whether the fields of interlaced frames are made one picture as they are read.
        copies: Whether groups of pictures in which nothing is changed are copied from the source.
        source_header, source_format: Where `copies` is set, the codec's header at the source, hexadecimal
            (`VideoStream.header`), and the pixel format its frames decode to.
        notes: What a user should know of a result encoded so.
    """

    container: str = "mp4"
    codec: str
    encoder: str
    pix_fmt: str
    width: int
    height: int
    rotation: int = 0
    time_base: Rational
    fps: Rational = Fraction(0)
    fps_limit: Rational | None = None
    sample_aspect: Rational = Fraction(1)
    color_primaries: int = 2
    color_trc: int = 2
    color_space: int = 2
    color_range: int = 0
    display_matrix: tuple[int, ...] | None = None
    options: dict[str, str] = Field(default_factory=dict)
    reorder_frames: int = 0
    codec_tag: str | None = None
    source_size: tuple[int, int] | None = None
    deinterlace: bool = False
    copies: bool = False
    source_header: str = ""
    source_format: str = ""
    notes: list[Note] = Field(default_factory=list)

    @property
    def suffix(self) -> str:
        """Ending of the result's file name, such as ".mp4"."""
        return _SUFFIXES.get(self.container, "." + self.container)


_SUFFIXES = {"matroska": ".mkv", "jpeg": ".jpg", "mpegts": ".ts"}


class MediaLimits(_Fact):
    """What a file may be at most, whatever the tier: beyond it, it is refused unopened.

    Attributes:
        max_pixels: Of one frame. Defaults to 8192 x 4320.
        max_side: Pixels of the longer side. Defaults to 16384.
        max_seconds: Duration. Defaults to 12 hours.
        max_streams: Streams in the container. Defaults to 64.
    """

    max_pixels: int = 8192 * 4320
    max_side: int = 16384
    min_side: int = 16
    max_seconds: float = 12 * 3600.0
    max_streams: int = 64
