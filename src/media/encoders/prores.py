"""ProRes: the source's own profile, so that the result is as large and as good as the upload."""

from contracts.media import VideoStream
from media.encoders.formats import has_alpha, sharing

# FFmpeg's names of the profiles, their number at prores_ks, and the tag of each in MOV
# (Apple ProRes White Paper, "ProRes family").
_PROFILES = {
    "Proxy": ("0", "apco"),
    "LT": ("1", "apcs"),
    "Standard": ("2", "apcn"),
    "HQ": ("3", "apch"),
    "4444": ("4", "ap4h"),
    "XQ": ("5", "ap4x"),
}


def is_known(video: VideoStream) -> bool:
    """Whether the source is ProRes of a profile that the encoder has too."""
    return video.codec == "prores" and video.profile in _PROFILES


def _profile(video: VideoStream) -> tuple[str, str]:
    """The source's; of another codec, what holds its color and transparency."""
    if is_known(video) and video.profile is not None:
        return _PROFILES[video.profile]
    return _PROFILES["4444" if has_alpha(video.pix_fmt) or sharing(video.pix_fmt) == (1, 1) else "HQ"]


def options(video: VideoStream) -> dict[str, str]:
    """Options of prores_ks; every frame is a key frame, and quality is the profile's."""
    told = {"profile": _profile(video)[0], "vendor": "apl0"}
    return told | ({"alpha_bits": "16"} if has_alpha(video.pix_fmt) else {})


def tag(video: VideoStream) -> str:
    """The four characters that name the profile in MOV."""
    return _profile(video)[1]
