"""What a file is, and whether it can be used: the first look at every upload."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import cast

from av.audio.stream import AudioStream as AvAudio
from av.container import InputContainer
from av.error import DecoderNotFoundError, FFmpegError, PatchWelcomeError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream as AvVideo

from contracts.errors import MediaError
from contracts.media import AudioStream, MediaInfo, MediaKind, MediaLimits, VideoStream
from media.containers.bounds import check_duration, check_size, check_streams
from media.containers.complete import check_complete, count_tracks
from media.containers.container import damaged, kind_of, main_video, open_container, unsupported
from media.containers.duration import duration
from media.containers.protection import check_protection
from media.containers.sniff import PICTURES
from media.encoders.formats import has_alpha
from media.pictures.opening import display_size, open_picture
from media.pixels.chroma import chroma_location
from media.pixels.display import display_matrix, rotation_of
from media.pixels.hdr import content_light, dynamic_hdr, mastering_display
from media.sources.source import Source

_PACKETS_TO_TRY = 200  # before a stream counts as undecodable
_PROGRESSIVE = 1  # AV_FIELD_PROGRESSIVE; all above it are interlaced, 0 is unknown
_FRAMES_TO_ASK = 5  # whether they are interlaced, where the stream does not say
_LARGEST_HEADER = 4096  # bytes
_PICTURE_SECONDS = Fraction(1, 25)


def probe(source: Source, limits: MediaLimits | None = None) -> MediaInfo:
    """Examine a video or picture; reads its index and decodes its first frame.

    Raises:
        MediaError: EMPTY_FILE, NOT_MEDIA, TRUNCATED, DAMAGED, ENCRYPTED, NO_VIDEO_STREAM, BAD_DIMENSIONS,
            BAD_DURATION, UNSUPPORTED_CODEC or PROBE_LIMIT, each with a message that says what would pass.
    """
    limits = limits or MediaLimits()
    kind = kind_of(source)
    if kind in PICTURES:
        return _probe_picture(source, kind, limits)
    check_streams(count_tracks(source, kind), limits)
    check_complete(source, kind)
    with open_container(source, kind) as container:
        check_streams(len(container.streams), limits)
        stream = main_video(container)
        check_protection(source, kind, stream)
        video = _video(container, stream, limits)
        seconds = duration(source, kind, container, stream)
        check_duration(seconds, limits)
        return MediaInfo(
            kind=MediaKind.VIDEO,
            container=kind,
            duration_seconds=seconds,
            size=source.size,
            video=video,
            audio=[_audio(sound) for sound in container.streams.audio],
            subtitles=len(container.streams.subtitles),
            bytes_read=source.bytes_read,
        )


def _video(container: InputContainer, stream: AvVideo, limits: MediaLimits) -> VideoStream:
    context = stream.codec_context
    if context is None:
        raise unsupported(stream)
    check_size(context.width, context.height, limits)
    frames = _frames(container, stream)
    frame = next(frames)
    check_size(frame.width, frame.height, limits)
    matrix = display_matrix(frame)
    return VideoStream(
        index=stream.index,
        codec=context.codec.canonical_name,
        profile=stream.profile,
        width=frame.width,
        height=frame.height,
        rotation=rotation_of(matrix),
        display_matrix=matrix,
        pix_fmt=frame.format.name,
        bit_depth=max(part.bits for part in frame.format.components),
        time_base=cast(Fraction, stream.time_base),
        fps=stream.average_rate or stream.guessed_rate or Fraction(0),
        frames=stream.frames or None,
        bit_rate=stream.bit_rate,
        sample_aspect=stream.sample_aspect_ratio or Fraction(1),
        color_primaries=int(context.color_primaries),
        color_trc=int(context.color_trc),
        color_space=int(context.colorspace),
        color_range=int(context.color_range),
        chroma_location=chroma_location(context.codec.canonical_name, context.extradata or b""),
        interlaced=_is_interlaced(context.field_order, frame, frames),
        alpha=has_alpha(frame.format.name) or stream.metadata.get("alpha_mode") == "1",
        mastering_display=mastering_display(frame),
        content_light=content_light(frame),
        dynamic_hdr=dynamic_hdr(frame),
        header=_header(context.extradata or b""),
        reorder_frames=context.reorder_depth,
    )


def _header(stored: bytes) -> str:
    return stored.hex() if len(stored) <= _LARGEST_HEADER else ""


def _is_interlaced(field_order: int, first: VideoFrame, others: Iterator[VideoFrame]) -> bool:
    if field_order == _PROGRESSIVE or first.interlaced_frame:
        return bool(first.interlaced_frame)
    return field_order > _PROGRESSIVE or any(
        frame.interlaced_frame for frame in islice(others, _FRAMES_TO_ASK - 1)
    )


def _frames(container: InputContainer, stream: AvVideo) -> Iterator[VideoFrame]:
    """The first frames that can be decoded; there is one at least, or the stream cannot be used."""
    packets = container.demux(stream)
    found = 0
    spoiled: FFmpegError | None = None
    for _ in range(_PACKETS_TO_TRY):
        try:
            packet = next(packets, None)
            frames = packet.decode() if packet is not None else []
        except EOFError:
            break
        except MemoryError:
            raise
        except FFmpegError as error:
            spoiled = error
            continue
        yield from frames
        found += len(frames)
        if packet is None:
            break
    if not found:
        raise _undecodable(stream, spoiled)


def _undecodable(stream: AvVideo, spoiled: FFmpegError | None) -> MediaError:
    """Why there is no frame: nothing decodes such a stream, or there is nothing in it that can be decoded."""
    if isinstance(spoiled, PatchWelcomeError | DecoderNotFoundError):
        return unsupported(stream)
    return damaged("not one frame of its video can be decoded")


def _audio(stream: AvAudio) -> AudioStream:
    context = stream.codec_context
    return AudioStream(
        index=stream.index,
        codec=context.codec.canonical_name if context is not None else "unknown",
        sample_rate=stream.sample_rate if context is not None else 0,
        channels=stream.channels if context is not None else 0,
        language=stream.language,
    )


def _probe_picture(source: Source, kind: str, limits: MediaLimits) -> MediaInfo:
    picture = open_picture(source)
    check_size(*picture.size, limits)
    picture.look()  # to know that it can be decoded
    width, height = display_size(picture)
    video = VideoStream(
        index=0,
        codec=kind,
        width=width,
        height=height,
        pix_fmt=picture.facts.pix_fmt,
        bit_depth=picture.facts.bit_depth,
        time_base=_PICTURE_SECONDS,
        frames=1,
    )
    return MediaInfo(
        kind=MediaKind.PICTURE,
        container=kind,
        duration_seconds=0,
        size=source.size,
        video=video,
        bytes_read=source.bytes_read,
    )
