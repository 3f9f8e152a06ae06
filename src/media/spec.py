"""How a result is encoded: like its source, visually lossless, the same for every segment of a job."""

from collections.abc import Collection
from fractions import Fraction

from contracts.media import EncodeSpec, MediaInfo, MediaKind, VideoStream
from media.encoders import prores
from media.encoders.choice import Choice, choose
from media.encoders.formats import is_rgb, sharing
from media.encoders.notes import encoding_notes
from media.encoders.settings import options_of, reorder_of
from media.joining.holding import container_note, result_container
from media.rate import even_limit
from media.untouched.allowed import allowing

_ANY_SIZE = ("libvpx-vp9", "libsvtav1", "prores_ks")  # encoders that take odd sizes whatever the pixel format
_BT709, _LIMITED = 1, 1  # FFmpeg's code points


def encode_spec(
    info: MediaInfo,
    size: tuple[int, int] | None = None,
    fps_limit: Fraction | None = None,
    preset: str = "fast",
    hardware: Collection[str] = (),
) -> EncodeSpec:
    """The encoder and its settings for a video like `info`.

    Args:
        size: Stored width and height of the result in pixels; None keeps the source's.
        fps_limit: Most frames a second; None keeps all.
        preset: "fast" or "best": time against bytes; both are visually lossless (≥ 45 dB on natural video).
        hardware: FFmpeg's names of hardware encoders that every agent has, which may be taken.
    """
    video = info.video
    if info.kind is MediaKind.PICTURE:
        return _picture_spec(info, size)
    container = result_container(info)
    choice = choose(video, container, hardware)
    own = _fitting((video.width, video.height), choice)
    width, height = _fitting(size or own, choice)
    limit = even_limit(video.fps, fps_limit) if video.fps else fps_limit
    spec = EncodeSpec(
        container=container,
        codec=choice.codec,
        encoder=choice.encoder,
        pix_fmt=choice.pix_fmt,
        width=width,
        height=height,
        rotation=video.rotation,
        time_base=video.time_base,
        fps=limit or video.fps,
        fps_limit=limit,
        sample_aspect=video.sample_aspect,
        display_matrix=video.display_matrix,
        options=options_of(choice.encoder, _resized(video, width, height), preset == "best"),
        reorder_frames=reorder_of(choice.encoder),
        codec_tag=prores.tag(video) if choice.codec == "prores" else None,
        source_size=(video.width, video.height),
        deinterlace=video.interlaced,
        notes=[*container_note(info, container), *encoding_notes(video, choice, own)],
        **_color(video, choice),
    )
    return allowing(spec, video)


def _resized(video: VideoStream, width: int, height: int) -> VideoStream:
    return video.model_copy(update={"width": width, "height": height})


def _color(video: VideoStream, choice: Choice) -> dict[str, int]:
    """The source's tags; matrix and range of our own where RGB becomes YCbCr."""
    becomes = is_rgb(video.pix_fmt) and not is_rgb(choice.pix_fmt)
    return {
        "color_primaries": video.color_primaries,
        "color_trc": video.color_trc,
        "color_space": _BT709 if becomes else video.color_space,
        "color_range": _LIMITED if becomes else video.color_range,
    }


def _picture_spec(info: MediaInfo, size: tuple[int, int] | None) -> EncodeSpec:
    width, height = size or (info.video.width, info.video.height)
    return EncodeSpec(
        container=info.container,
        codec=info.video.codec,
        encoder="picture",
        pix_fmt="bgr24",
        width=width,
        height=height,
        time_base=info.video.time_base,
    )


def _fitting(size: tuple[int, int], choice: Choice) -> tuple[int, int]:
    """`size`, made even where the encoder asks for it because pixels share their color."""
    if choice.encoder in _ANY_SIZE:
        return size
    across, down = sharing(choice.pix_fmt)
    return size[0] // across * across, size[1] // down * down
