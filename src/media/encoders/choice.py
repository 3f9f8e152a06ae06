"""Which encoder writes a result, and in what pixel format: the source's own wherever something here writes it."""

from collections.abc import Collection
from dataclasses import dataclass

import av

from contracts.media import VideoStream
from media.encoders import nvenc
from media.encoders.formats import Loss, has_alpha, nearest, offered_by

# For the codec of the source: what can write the result, the first that loses nothing, else what loses least.
_ENCODERS = {
    "h264": ("libx264",),
    "hevc": ("libx265",),
    "vp8": ("libvpx-vp9",),
    "vp9": ("libvpx-vp9", "libsvtav1", "libx265"),
    "av1": ("libsvtav1", "libvpx-vp9", "libx265"),
    "prores": ("prores_ks",),
}
_OTHERS = ("libx264",)
_WITH_ALPHA = (
    "prores_ks",
)  # others keep transparency in a stream beside the picture, which segments cannot hold
_WEBM = ("libvpx-vp9", "libsvtav1")  # what WebM may hold
_CODECS = {
    "libx264": "h264",
    "libx265": "hevc",
    "libvpx-vp9": "vp9",
    "libsvtav1": "av1",
    "prores_ks": "prores",
    **nvenc.CODECS,
}


@dataclass(frozen=True)
class Choice:
    """An encoder, its codec as FFmpeg names it, the pixel format it is given, and what that loses."""

    encoder: str
    codec: str
    pix_fmt: str
    lost: Loss


def choose(video: VideoStream, container: str, hardware: Collection[str] = ()) -> Choice:
    """What writes a result like `video` into `container` (FFmpeg's muxer).

    Args:
        hardware: Encoders that every agent has besides; taken where they write the same codec and format.
    """
    found = [_offer(encoder, video) for encoder in _candidates(video, container)]
    best = next((one for one in found if one.lost.is_none), None) or min(found, key=lambda one: one.lost)
    quick = nvenc.instead_of(best.encoder, best.pix_fmt, video)
    if quick is not None and quick in hardware:
        return Choice(quick, best.codec, nvenc.FORMATS[best.pix_fmt], best.lost)
    return best


def _candidates(video: VideoStream, container: str) -> tuple[str, ...]:
    names = _ENCODERS.get(video.codec, _OTHERS)
    if has_alpha(video.pix_fmt) and container == "mov":
        names = _WITH_ALPHA
    if container == "webm":
        names = tuple(name for name in names if name in _WEBM) or _WEBM
    return tuple(name for name in names if name in av.codecs_available) or _OTHERS


def _offer(encoder: str, video: VideoStream) -> Choice:
    offered = offered_by(encoder)
    if encoder not in _WITH_ALPHA:
        offered = [name for name in offered if not has_alpha(name)]
    pix_fmt, lost = nearest(video.pix_fmt, offered)
    if video.alpha and not has_alpha(pix_fmt):
        lost = lost._replace(alpha=True)
    return Choice(encoder, _CODECS[encoder], pix_fmt, lost)


def decoded_format(encoder: str, pix_fmt: str) -> str:
    """The pixel format in which frames come out of a decoder again that went into `encoder` in `pix_fmt`."""
    if encoder == "prores_ks":  # of 4444, whose samples may have 12 bits
        return pix_fmt.replace("444p10", "444p12")
    return {given: own for own, given in nvenc.FORMATS.items()}.get(pix_fmt, pix_fmt)
