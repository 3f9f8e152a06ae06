"""How a result is encoded: like its source, visually lossless, the same for every segment of a job."""

from fractions import Fraction

import av
from av.codec.codec import Codec, find_best_pix_fmt_of_list

from contracts.media import EncodeSpec, MediaInfo, MediaKind, VideoStream
from media.rate import even_limit

# The container of the result for that of the source.
_CONTAINERS = {"mov": "mov", "matroska": "matroska", "webm": "webm"}
_ENCODERS = {
    "h264": "libx264",
    "hevc": "libx265",
    "vp8": "libvpx-vp9",
    "vp9": "libvpx-vp9",
    "av1": "libsvtav1",
}
_CODECS = {"libx264": "h264", "libx265": "hevc", "libvpx-vp9": "vp9", "libsvtav1": "av1"}
_WEBM_ENCODERS = ("libvpx-vp9", "libsvtav1")
_LONGEST_GOP_SECONDS = 5
_DEFAULT_FPS = Fraction(30)

# Two B-frames' worth of reordering: bframes=3 with one of them a reference (b-pyramid).
_REORDER = {"libx264": 2, "libx265": 2}


def encode_spec(
    info: MediaInfo,
    size: tuple[int, int] | None = None,
    fps_limit: Fraction | None = None,
    preset: str = "fast",
) -> EncodeSpec:
    """The encoder and its settings for a video like `info`.

    Args:
        size: Stored width and height of the result in pixels; None keeps the source's.
        fps_limit: Most frames a second; None keeps all.
        preset: "fast" or "best": time against bytes; both are visually lossless (≥ 45 dB on natural video).
    """
    video = info.video
    if info.kind is MediaKind.PICTURE:
        return _picture_spec(info, size)
    container = _CONTAINERS.get(info.container, "mp4")
    encoder = _encoder(video.codec, container)
    pix_fmt = _pix_fmt(encoder, video.pix_fmt)
    width, height = _fitting(size or (video.width, video.height), pix_fmt)
    limit = even_limit(video.fps, fps_limit) if video.fps else fps_limit
    return EncodeSpec(
        container=container,
        codec=_CODECS[encoder],
        encoder=encoder,
        pix_fmt=pix_fmt,
        width=width,
        height=height,
        rotation=video.rotation,
        time_base=video.time_base,
        fps=limit or video.fps,
        fps_limit=limit,
        sample_aspect=video.sample_aspect,
        color_primaries=video.color_primaries,
        color_trc=video.color_trc,
        color_space=video.color_space,
        color_range=video.color_range,
        display_matrix=video.display_matrix,
        options=_options(encoder, preset, video),
        reorder_frames=_REORDER.get(encoder, 0),
    )


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


def _encoder(codec: str, container: str) -> str:
    encoder = _ENCODERS.get(codec, "libx264")
    if container == "webm" and encoder not in _WEBM_ENCODERS:
        encoder = "libvpx-vp9"
    return encoder if encoder in av.codecs_available else "libx264"


def _pix_fmt(encoder: str, source: str) -> str:
    """The source's pixel format where the encoder takes it, else the nearest that loses least."""
    offered = [offer.name for offer in Codec(encoder, "w").video_formats or ()]
    offered = [name for name in offered if not name.startswith(("nv", "yuva", "gbra"))]
    if source in offered:
        return source
    best, _ = find_best_pix_fmt_of_list(offered, source)
    return best.name if best is not None else "yuv420p"


def _fitting(size: tuple[int, int], pix_fmt: str) -> tuple[int, int]:
    """`size`, made even where chroma is shared by two pixels."""
    layout = av.VideoFormat(pix_fmt, 16, 16)
    across = 16 // layout.chroma_width(16) if layout.is_planar and not layout.is_rgb else 1
    down = 16 // layout.chroma_height(16) if layout.is_planar and not layout.is_rgb else 1
    return size[0] // across * across, size[1] // down * down


def _options(encoder: str, preset: str, video: VideoStream) -> dict[str, str]:
    gop = str(max(1, round(_LONGEST_GOP_SECONDS * (video.fps or _DEFAULT_FPS))))
    best = preset == "best"
    if encoder == "libx264":
        return {
            "preset": "medium" if best else "veryfast",
            "crf": "16",
            "g": gop,
            "bf": "3",
            "b-pyramid": "normal",
            "forced-idr": "1",
        }
    if encoder == "libx265":
        return {
            "preset": "medium" if best else "superfast",
            "crf": "17",
            "g": gop,
            "x265-params": "open-gop=0:bframes=3:b-pyramid=1:info=0:repeat-headers=0:log-level=none",
        }
    if encoder == "libvpx-vp9":
        return {
            "crf": "18",
            "b": "0",
            "deadline": "good",
            "cpu-used": "3" if best else "5",
            "row-mt": "1",
            "g": gop,
            "lag-in-frames": "16",
        }
    return {"preset": "6" if best else "9", "crf": "20", "g": gop}
