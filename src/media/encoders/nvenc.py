"""NVIDIA's hardware encoders: what they can be asked for, and with which settings."""

from contracts.media import VideoStream

CODECS = {"h264_nvenc": "h264", "hevc_nvenc": "hevc", "av1_nvenc": "av1"}
"""Encoders by FFmpeg's name, and the codec each writes."""

FORMATS = {"yuv420p": "yuv420p", "yuv420p10le": "p010le"}
"""Pixel formats that every generation takes, and what the encoder calls them."""

_INSTEAD = {"libx264": "h264_nvenc", "libx265": "hevc_nvenc", "libsvtav1": "av1_nvenc"}
_DEPTHS = {"h264_nvenc": ("yuv420p",), "hevc_nvenc": tuple(FORMATS), "av1_nvenc": tuple(FORMATS)}
# NVIDIA's Video Codec SDK, "NVENC Application Note": sides in pixels that all generations take.
_LEAST, _MOST = 160, {"h264_nvenc": 4096, "hevc_nvenc": 8192, "av1_nvenc": 8192}
_QUALITY = {"h264_nvenc": "17", "hevc_nvenc": "18", "av1_nvenc": "24"}


def instead_of(encoder: str, pix_fmt: str, video: VideoStream) -> str | None:
    """The hardware encoder that writes the same as `encoder` would; None where none does.

    HDR's static metadata is written by the software encoders only, so such a video stays theirs.
    """
    name = _INSTEAD.get(encoder)
    if name is None or pix_fmt not in _DEPTHS[name] or video.mastering_display or video.content_light:
        return None
    sides = (video.width, video.height)
    return name if min(sides) >= _LEAST and max(sides) <= _MOST[name] else None


def options(encoder: str, best: bool, gop: int) -> dict[str, str]:
    """Constant quality, closed groups of pictures, no frame that refers to one beyond its neighbor."""
    return {
        "preset": "p6" if best else "p3",
        "rc": "vbr",
        "cq": _QUALITY[encoder],
        "b:v": "0",
        "g": str(gop),
        "bf": "0" if encoder == "av1_nvenc" else "2",
        "b_ref_mode": "disabled",
        "forced-idr": "1",
        "strict_gop": "1",
    }
