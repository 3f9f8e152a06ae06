"""Opening containers through PyAV: by the demuxer that the first bytes ask for, through our reader only."""

from typing import Any

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from contracts.errors import MediaError, Reason
from contracts.media import MediaLimits
from media.containers.sniff import DEMUXERS, PICTURES, sniff
from media.sources.source import Source

_BUFFER = 64 * 1024
# Decoders refuse larger frames before they ask for memory; coded sizes exceed those shown by part of a block.
_DECODING = {"max_pixels": str(MediaLimits().max_pixels * 5 // 4)}
_SUPPORTED = "MP4, MOV, MKV, WebM, MPEG-TS and AVI videos, and JPEG, PNG, WebP, AVIF and HEIC pictures"


def kind_of(source: Source) -> str:
    """The kind of a file, see `media.containers.sniff`.

    Raises:
        MediaError: EMPTY_FILE or NOT_MEDIA.
    """
    if source.size == 0:
        raise MediaError(Reason.EMPTY_FILE, "The file is empty: it has 0 bytes.")
    kind = sniff(source)
    if kind is None:
        raise not_media()
    return kind


def not_media() -> MediaError:
    """The refusal of a file that is none of the kinds we open."""
    return MediaError(Reason.NOT_MEDIA, f"This is not a video or picture that can be used. {_SUPPORTED} can.")


def open_container(source: Source, kind: str | None = None, buffer: int = _BUFFER) -> InputContainer:
    """Open `source` for demuxing; nothing but `source` itself is ever read, whatever the file refers to.

    At least `buffer` bytes are read at a time.

    Raises:
        MediaError: EMPTY_FILE, NOT_MEDIA, TRUNCATED or DAMAGED.
    """
    kind = kind or kind_of(source)
    if kind in PICTURES:
        raise MediaError(Reason.NO_VIDEO_STREAM, "This is a picture; a video is needed here.")
    source.seek(0)
    try:
        container = av.open(
            source,
            "r",
            format=DEMUXERS[kind],
            options=_DECODING,
            container_options={"protocol_whitelist": "none"},
            metadata_errors="replace",
            buffer_size=buffer,
            io_open=_refuse,
        )
    except EOFError as error:
        raise damaged() if kind == "mpegts" else truncated() from error
    except MemoryError:
        raise
    except FFmpegError as error:
        raise damaged() from error
    for stream in container.streams.video:
        if stream.codec_context is not None:
            stream.codec_context.options = dict(_DECODING)
    return container


def damaged(what: str = "what it says of itself makes no sense", **detail: Any) -> MediaError:
    """The refusal of a file that is of a kind we open, and cannot be used all the same."""
    return MediaError(
        Reason.DAMAGED,
        f"The file is damaged: {what}. If a player still shows it, save it again with that player or an "
        "editor, and upload the copy.",
        **detail,
    )


def truncated(**detail: Any) -> MediaError:
    """The refusal of a file that ends too early."""
    return MediaError(
        Reason.TRUNCATED,
        "The file is cut short: a part of it is missing. Please upload it again, or export it again if "
        "it was never complete.",
        **detail,
    )


def main_video(container: InputContainer) -> VideoStream:
    """The video stream that is worked on: the first one that is no cover picture.

    Raises:
        MediaError: NO_VIDEO_STREAM.
    """
    for stream in container.streams.video:
        if not is_still(stream):
            return stream
    raise MediaError(
        Reason.NO_VIDEO_STREAM,
        "The file has no video in it, only sound or a cover picture. Please upload a video.",
    )


def unsupported(stream: Stream) -> MediaError:
    """The refusal of a codec that nothing here decodes."""
    return MediaError(
        Reason.UNSUPPORTED_CODEC,
        f"The video is coded in a way that cannot be decoded here ({_codec_name(stream)}). "
        "H.264, HEVC, VP8, VP9, AV1, ProRes and MPEG-4 can.",
        codec=_codec_name(stream),
    )


def _codec_name(stream: Stream) -> str:
    return stream.codec_context.name if stream.codec_context is not None else "unknown codec"


def is_still(stream: VideoStream) -> bool:
    """Whether a video stream is a cover picture or a row of thumbnails."""
    return bool(stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails))


def _refuse(url: str, flags: int, options: dict[str, str]) -> Any:
    raise PermissionError("references to other files are not followed")
