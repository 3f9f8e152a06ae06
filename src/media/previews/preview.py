"""What the page shows: a still, and a version that every browser plays."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.audio.frame import AudioFrame
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.stream import Stream
from av.video.frame import VideoFrame

from contracts.errors import Reason, VisageError, WorkError
from contracts.media import MediaInfo, MediaKind
from media.containers.container import kind_of, main_video, open_container
from media.containers.sniff import PICTURES
from media.containers.walk import only
from media.pictures.opening import shown
from media.previews.poster import poster, undecodable, write_still
from media.previews.transcode import PictureTrack, SoundTrack
from media.sources.source import Source, open_source
from media.words import words_of

__all__ = ["browser_preview", "plays_in_browser", "poster"]

# What Chromium and Firefox decode without licences or hardware, by container.
_PLAYABLE_VIDEO = {"mp4": ("h264", "vp9", "av1"), "mov": ("h264",), "webm": ("vp8", "vp9", "av1")}
_PLAYABLE_AUDIO = {"mp4": ("aac", "mp3", "opus", "flac"), "mov": ("aac", "mp3"), "webm": ("opus", "vorbis")}
_PLAYABLE_FORMATS = ("yuv420p", "yuvj420p")
_PICTURE_SIDE = 4096  # pixels of the longer side of a picture, in which details can still be compared


def plays_in_browser(info: MediaInfo) -> bool:
    """Whether ordinary browsers play the file as it is."""
    if info.kind is MediaKind.PICTURE:
        return info.container != "heic" and info.video.pix_fmt != "cmyk"
    sounds = _PLAYABLE_AUDIO.get(info.container, ())
    return (
        info.video.codec in _PLAYABLE_VIDEO.get(info.container, ())
        and info.video.pix_fmt in _PLAYABLE_FORMATS
        and all(audio.codec in sounds for audio in info.audio)
    )


def browser_preview(video: str | Path, out_mp4: Path, max_height: int = 720) -> None:
    """Write an MP4 (H.264, AAC, 8 bit 4:2:0, index in front) that browsers play; of a picture, a JPEG.

    Args:
        max_height: Most pixels of the shorter side of a video.

    Raises:
        MediaError: See `media.containers.container`.
        WorkError: DECODE_FAILED, ENCODE_FAILED or DISK_FULL; no file is left then.
    """
    try:
        with open_source(video) as source:
            if kind_of(source) in PICTURES:
                return write_still(shown(source), out_mp4, _PICTURE_SIDE)
            first = _first_picture(source)
        with (
            open_source(video) as source,
            open_container(source) as original,
            av.open(str(out_mp4), "w", format="mp4", container_options={"movflags": "+faststart"}) as out,
        ):
            _transcode(original, out, first, max_height)
    except (FFmpegError, OSError) as error:
        out_mp4.unlink(missing_ok=True)
        raise WorkError(Reason.ENCODE_FAILED, f"The preview could not be made: {words_of(error)}.") from error
    except VisageError:
        out_mp4.unlink(missing_ok=True)
        raise


def _first_picture(source: Source) -> VideoFrame:
    """The first frame that can be decoded: sound that comes before it cannot be written without its size."""
    with open_container(source) as original:
        stream = main_video(original)
        only(original, stream)
        for frame in decoded(original, [stream]):
            if isinstance(frame, VideoFrame):
                return frame
    raise undecodable()


def _transcode(original: InputContainer, out: OutputContainer, first: VideoFrame, max_height: int) -> None:
    stream = main_video(original)
    audio = next((sound for sound in original.streams.audio if sound.codec_context is not None), None)
    start = Fraction(original.start_time or 0, 1_000_000)
    picture = PictureTrack(out, stream, first, max_height, start)
    sound = SoundTrack(out, start) if audio is not None else None
    kept = [stream] if audio is None else [stream, audio]
    only(original, *kept)
    for frame in decoded(original, kept):
        if isinstance(frame, VideoFrame):
            picture.write(frame)
        elif sound is not None:
            sound.write(frame)
    picture.close()
    if sound is not None:
        sound.close()


def decoded(container: InputContainer, streams: Sequence[Stream]) -> Iterator[VideoFrame | AudioFrame]:
    """The frames of several streams as they come; packets that are damaged are passed over, as players do."""
    for packet in container.demux(*streams):
        try:
            frames = packet.decode()
        except MemoryError:
            raise
        except FFmpegError:
            continue
        yield from (frame for frame in frames if isinstance(frame, VideoFrame | AudioFrame))
