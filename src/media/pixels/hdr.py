"""HDR's static metadata: as FFmpeg hands it out with a frame, and as encoders want to be told."""

import struct

from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame

from contracts.media import ContentLight, MasteringDisplay
from media.pixels.display import side_data

# AVMasteringDisplayMetadata (libavutil/mastering_display_metadata.h): ten rationals, and whether they are set.
_MASTERING = "=20i2i"
# AVContentLightMetadata, same file.
_LIGHT = "=2I"
# SMPTE ST 2086 counts in these parts, and so do H.264's and HEVC's SEI.
_CHROMATICITY, _LUMINANCE = 50_000, 10_000
_LARGEST_LUMINANCE, _LARGEST_LEVEL = 2**32 - 1, 2**16 - 1  # that fit their fields there

_DYNAMIC = {
    Type.DYNAMIC_HDR_PLUS: "HDR10+",
    Type.DYNAMIC_HDR_VIVID: "HDR Vivid",
    Type.DOVI_RPU_BUFFER: "Dolby Vision",
    Type.DOVI_METADATA: "Dolby Vision",
}


def mastering_display(frame: VideoFrame) -> MasteringDisplay | None:
    """What is said of the display that a decoded frame was graded on; None where not all of it is."""
    data = side_data(frame, Type.MASTERING_DISPLAY_METADATA)
    return display_of(data) if data is not None and len(data) >= struct.calcsize(_MASTERING) else None


def display_of(data: bytes) -> MasteringDisplay | None:
    """FFmpeg's `AVMasteringDisplayMetadata` in whole numbers; None where it makes no sense."""
    numbers = struct.unpack(_MASTERING, data[: struct.calcsize(_MASTERING)])
    pairs = list(zip(numbers[:20:2], numbers[1:20:2], strict=True))
    if not all(numbers[20:]) or not all(below for _, below in pairs):
        return None
    places = [round(above * _CHROMATICITY / below) for above, below in pairs[:8]]
    dark, bright = (round(above * _LUMINANCE / below) for above, below in pairs[8:])
    if not (0 <= min(places) <= max(places) <= _CHROMATICITY and 0 <= dark < bright <= _LARGEST_LUMINANCE):
        return None
    red, green, blue, white = zip(places[::2], places[1::2], strict=True)
    return MasteringDisplay(
        red=red, green=green, blue=blue, white=white, max_luminance=bright, min_luminance=dark
    )


def content_light(frame: VideoFrame) -> ContentLight | None:
    """What is said of how bright the video of a decoded frame gets; None where nothing is."""
    data = side_data(frame, Type.CONTENT_LIGHT_LEVEL)
    if data is None or len(data) < struct.calcsize(_LIGHT):
        return None
    most, average = struct.unpack(_LIGHT, data[: struct.calcsize(_LIGHT)])
    return ContentLight(most=most, most_average=average) if max(most, average) <= _LARGEST_LEVEL else None


def dynamic_hdr(frame: VideoFrame) -> list[str]:
    """Names of the dynamic metadata that came with a decoded frame."""
    found = [name for kind, name in _DYNAMIC.items() if side_data(frame, kind) is not None]
    return sorted(set(found))


def in_whole_numbers(display: MasteringDisplay) -> str:
    """As x264 and x265 want it: "G(x,y)B(x,y)R(x,y)WP(x,y)L(max,min)" in the units of SMPTE ST 2086."""
    places = {"G": display.green, "B": display.blue, "R": display.red, "WP": display.white}
    said = "".join(f"{name}({x},{y})" for name, (x, y) in places.items())
    return f"{said}L({display.max_luminance},{display.min_luminance})"


def in_decimals(display: MasteringDisplay) -> str:
    """As SVT-AV1 wants it: the same in CIE 1931 coordinates and candela per square meter."""
    places = {"G": display.green, "B": display.blue, "R": display.red, "WP": display.white}
    said = "".join(
        f"{name}({x / _CHROMATICITY:.5f},{y / _CHROMATICITY:.5f})" for name, (x, y) in places.items()
    )
    return f"{said}L({display.max_luminance / _LUMINANCE:.4f},{display.min_luminance / _LUMINANCE:.4f})"


def light_levels(light: ContentLight) -> str:
    """As all three want it: "MaxCLL,MaxFALL"."""
    return f"{light.most},{light.most_average}"
