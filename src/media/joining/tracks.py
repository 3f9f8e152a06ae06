"""The tracks of a result: the video from the segments, everything else from the original as it was."""

from collections.abc import Collection
from dataclasses import dataclass, field

import av
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.stream import Stream
from av.video.stream import VideoStream

from contracts.media import EncodeSpec
from contracts.notes import Note, NoteKind

_KINDS = {"audio": "sound", "subtitle": "subtitles"}
# What a track's tags say of how it was written; the muxer says it anew.
_COPIED = ("duration",)
_NOT_COPIED = ("duration", "encoder", "alpha_mode")  # of video that is encoded anew, without transparency
_CODEC_TAGS = {("hevc", "mp4"): "hvc1", ("hevc", "mov"): "hvc1"}


@dataclass(frozen=True)
class Tracks:
    """Which tracks of the original are in a result.

    Attributes:
        copied: By index in the original: the index in the result.
        dropped: What the result's container cannot hold, in words.
    """

    copied: dict[int, int]
    dropped: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Laid:
    """Streams of a result that is being written.

    Attributes:
        video: Where the segments' packets go.
        streams: By index in the original: the stream its packets go to.
    """

    video: VideoStream
    streams: dict[int, Stream]
    dropped: list[str]

    @property
    def tracks(self) -> Tracks:
        """The same by numbers."""
        return Tracks({index: stream.index for index, stream in self.streams.items()}, self.dropped)


def lay_tracks(
    out: OutputContainer,
    original: InputContainer,
    main: VideoStream,
    segment: VideoStream,
    spec: EncodeSpec,
    titles: Collection[int] = (),
) -> Laid:
    """Add a stream to `out` for each of the original, in its order; `segment` replaces `main`.

    The muxer itself makes the tracks of timecode, of which the video has a tag, and of `titles` of chapters.
    """
    copied: dict[int, Stream] = {}
    dropped: list[str] = []
    video: VideoStream | None = None
    for stream in original.streams:
        if stream is main:
            video = add_video(out, segment, spec)
            _label(video, main, _NOT_COPIED)
        elif (copy := _add_copy(out, stream, spec.container)) is not None:
            copied[stream.index] = copy
        elif "timecode" not in stream.metadata and stream.index not in titles:
            dropped.append(_words(stream))
    assert video is not None
    return Laid(video, copied, dropped)


def dropped_note(tracks: list[str]) -> Note:
    """Tells of tracks that are not in the result."""
    return Note(
        kind=NoteKind.TRACKS_DROPPED,
        text=f"The result's kind of file cannot hold these tracks of the upload: {', '.join(tracks)}.",
        detail={"tracks": tracks},
    )


def add_video(out: OutputContainer, segment: VideoStream, spec: EncodeSpec) -> VideoStream:
    """Add a stream for packets like those of `segment`."""
    stream = out.add_stream_from_template(segment, opaque=True)
    context = stream.codec_context
    context.color_primaries, context.color_trc = spec.color_primaries, spec.color_trc
    context.colorspace, context.color_range = spec.color_space, spec.color_range
    context.sample_aspect_ratio = spec.sample_aspect
    context.framerate = spec.fps
    stream.time_base = spec.time_base
    tag = spec.codec_tag or _CODEC_TAGS.get((spec.codec, spec.container))
    if tag:
        context.codec_tag = tag
    stream.set_display_matrix(spec.display_matrix)
    return stream


def _add_copy(out: OutputContainer, stream: Stream, container: str) -> Stream | None:
    """A stream like `stream`, None where the container cannot hold it."""
    if not _holds(stream, container):
        return None
    try:
        copy = out.add_stream_from_template(stream, opaque=True)
    except (ValueError, FFmpegError):
        return None
    _label(copy, stream, _COPIED)
    return copy


def _holds(stream: Stream, container: str) -> bool:
    if stream.type in ("data", "unknown"):
        return False
    if stream.type == "attachment":
        return container == "matroska"
    return not (
        container in ("mp4", "mov") and stream.type == "subtitle" and stream.codec_context.name != "mov_text"
    )


def _label(stream: Stream, like: Stream, unkept: tuple[str, ...]) -> None:
    """Language, names, default flags: what the container says about a stream."""
    kept = {key: value for key, value in like.metadata.items() if key.lower() not in unkept}
    stream.metadata.update(kept)
    stream.disposition = like.disposition


def _words(stream: Stream) -> str:
    """A track as users know it, such as "subtitles 3 (dvb_teletext, deu)"."""
    known = stream.codec_context.codec.canonical_name if stream.codec_context is not None else None
    facts = [fact for fact in (known, stream.language) if fact not in (None, "und")]
    return f"{_KINDS.get(stream.type, stream.type)} {stream.index}" + (
        f" ({', '.join(facts)})" if facts else ""
    )


def open_result(
    path: str, original: InputContainer, spec: EncodeSpec, movie_timescale: int
) -> OutputContainer:
    """A container for the result with the original's tags and chapters, its index in front."""
    options: dict[str, str] = {"avoid_negative_ts": "disabled"}
    if spec.container in ("mp4", "mov"):
        flags = "+faststart+use_metadata_tags" if _has_own_tags(original) else "+faststart"
        options |= {
            "movflags": flags,
            "video_track_timescale": str(spec.time_base.denominator),
            "movie_timescale": str(movie_timescale),
        }
    out = av.open(path, "w", format=spec.container, container_options=options)
    out.metadata.update(kept_tags(original))
    if original.chapters():
        out.set_chapters(original.chapters())
    return out


def open_video(path: str, spec: EncodeSpec, movie_timescale: int) -> OutputContainer:
    """An MP4 or MOV file for the video alone, on a given clock."""
    options = {
        "avoid_negative_ts": "disabled",
        "video_track_timescale": str(spec.time_base.denominator),
        "movie_timescale": str(movie_timescale),
    }
    return av.open(path, "w", format=spec.container, container_options=options)


_FORMAT_TAGS = ("major_brand", "minor_version", "compatible_brands", "encoder", "ENCODER", "DURATION")


def kept_tags(original: InputContainer) -> dict[str, str]:
    """Tags of a whole file that say something of its content, not of how the file was written."""
    return {key: value for key, value in original.metadata.items() if key not in _FORMAT_TAGS}


def _has_own_tags(original: InputContainer) -> bool:
    """Whether there are tags that MP4's classic list has no place for, such as a phone's location."""
    return any("." in key for key in original.metadata)
