"""What each encoder is told: visually lossless, closed groups of pictures, the same header for each segment.

Qualities were chosen by `python -m benchmarks.quality`: at least 45 dB on natural video. No encoder spends bits on
what later frames make of a frame (`mbtree`, `cutree`, `aq-mode`): the last frames of a segment, which have none after
them, would be a decibel worse than those around the joint (`python -m benchmarks.exactness --full`).
"""

from collections.abc import Callable
from fractions import Fraction

from contracts.media import VideoStream
from media.encoders import nvenc, prores
from media.encoders.formats import sharing
from media.pixels.hdr import in_decimals, in_whole_numbers, light_levels

Options = dict[str, str]

_LONGEST_GOP_SECONDS = 5
_DEFAULT_FPS = Fraction(30)

# Two B-frames' worth of reordering: bframes=3 with one of them a reference (b-pyramid).
_REORDER = {"libx264": 2, "libx265": 2, "h264_nvenc": 1, "hevc_nvenc": 1}

# Frames of this many pixels weigh so much that looking ahead is cut to what fits a worker's memory.
_HUGE_PIXELS = 4096 * 2304


def reorder_of(encoder: str) -> int:
    """How many frames an encoded frame may overtake."""
    return _REORDER.get(encoder, 0)


def options_of(encoder: str, video: VideoStream, best: bool) -> Options:
    """Options of `encoder` for a result like `video`; `best` spends time to save bytes."""
    gop = max(1, round(_LONGEST_GOP_SECONDS * (video.fps or _DEFAULT_FPS)))
    if encoder in nvenc.CODECS:
        return nvenc.options(encoder, best, gop)
    return _MAKERS[encoder](video, best, gop)


def _x264(video: VideoStream, best: bool, gop: int) -> Options:
    told = {
        "preset": "medium" if best else "veryfast",
        "crf": "16",
        "g": str(gop),
        "bf": "3",
        "b-pyramid": "normal",
        "forced-idr": "1",
    }
    if _is_huge(video):
        told["rc-lookahead"] = "6"
    params = ["mbtree=0", *_placed(video), *_named(video, "mastering-display", "cll", in_whole_numbers)]
    return told | {"x264-params": ":".join(params)}


def _x265(video: VideoStream, best: bool, gop: int) -> Options:
    params = [
        "open-gop=0",
        "bframes=3",
        "b-pyramid=1",
        "info=0",
        "repeat-headers=0",
        "log-level=none",
        "cutree=0",
    ]
    if _is_huge(video):
        params += ["rc-lookahead=6", "lookahead-slices=0", "frame-threads=1"]
    params += [*_placed(video), *_named(video, "master-display", "max-cll", in_whole_numbers)]
    return {
        "preset": "medium" if best else "superfast",
        "crf": "18",
        "g": str(gop),
        "x265-params": ":".join(params),
    }


def _vp9(video: VideoStream, best: bool, gop: int) -> Options:
    return {
        "crf": "18",
        "b": "0",
        "deadline": "good",
        "cpu-used": "3" if best else "5",
        "row-mt": "1",
        "g": str(gop),
        "lag-in-frames": "0" if _is_huge(video) else "16",
    }


def _av1(video: VideoStream, best: bool, gop: int) -> Options:
    params = ["aq-mode=0", *(["lp=1", "hierarchical-levels=2", "lookahead=0"] if _is_huge(video) else [])]
    params += _named(video, "mastering-display", "content-light", in_decimals)
    told = {"preset": "6" if best else "9", "crf": "16", "g": str(gop)}
    return told | {"svtav1-params": ":".join(params)}


def _prores(video: VideoStream, best: bool, gop: int) -> Options:
    return prores.options(video)


def _named(video: VideoStream, mastering: str, light: str, said: Callable[..., str]) -> list[str]:
    """HDR's static metadata as parameters of these names."""
    named = []
    if video.mastering_display is not None:
        named.append(f"{mastering}={said(video.mastering_display)}")
    if video.content_light is not None:
        named.append(f"{light}={light_levels(video.content_light)}")
    return named


def _placed(video: VideoStream) -> list[str]:
    """Where color samples lie, of which x264 and x265 tell in 4:2:0 only."""
    told = video.chroma_location is not None and sharing(video.pix_fmt) == (2, 2)
    return [f"chromaloc={video.chroma_location}"] if told else []


def _is_huge(video: VideoStream) -> bool:
    return video.width * video.height > _HUGE_PIXELS


_MAKERS: dict[str, Callable[[VideoStream, bool, int], Options]] = {
    "libx264": _x264,
    "libx265": _x265,
    "libvpx-vp9": _vp9,
    "libsvtav1": _av1,
    "prores_ks": _prores,
}
