"""What writes a result: by the source's codec and pixel format, by what is lost, by the hardware there is."""

import struct
from fractions import Fraction
from typing import Any

import pytest

from contracts.media import ContentLight, MasteringDisplay, MediaInfo, MediaKind, VideoStream
from contracts.notes import NoteKind
from media.encoders import nvenc
from media.encoders.formats import loss, nearest, sharing
from media.pixels.hdr import display_of, in_decimals, in_whole_numbers
from media.spec import encode_spec

_DISPLAY = MasteringDisplay(
    red=(34000, 16000), green=(13250, 34500), blue=(7500, 3000), white=(15635, 16450),
    max_luminance=10_000_000, min_luminance=1,
)  # fmt: skip


def _info(codec: str, pix_fmt: str, container: str = "matroska", **facts: Any) -> MediaInfo:
    video = VideoStream(
        index=0, codec=codec, pix_fmt=pix_fmt, time_base=Fraction(1, 25), fps=Fraction(25),
        **{"width": 1920, "height": 1080} | facts,
    )  # fmt: skip
    return MediaInfo(kind=MediaKind.VIDEO, container=container, duration_seconds=1, size=1, video=video)


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "container", "encoder", "stored"),
    [
        ("h264", "yuv420p", "mp4", "libx264", "yuv420p"),
        ("h264", "yuv422p10le", "mov", "libx264", "yuv422p10le"),
        ("hevc", "yuv444p12le", "matroska", "libx265", "yuv444p12le"),
        ("vp8", "yuv420p", "webm", "libvpx-vp9", "yuv420p"),
        ("vp9", "yuv440p", "webm", "libvpx-vp9", "yuv440p"),
        ("vp9", "yuv420p10le", "webm", "libsvtav1", "yuv420p10le"),
        ("vp9", "yuv422p10le", "matroska", "libx265", "yuv422p10le"),
        ("av1", "yuv420p10le", "mp4", "libsvtav1", "yuv420p10le"),
        ("av1", "yuv444p", "webm", "libvpx-vp9", "yuv444p"),
        ("av1", "gray", "mp4", "libsvtav1", "yuv420p"),
        ("prores", "yuv422p10le", "mov", "prores_ks", "yuv422p10le"),
        ("qtrle", "argb", "mov", "prores_ks", "yuva444p10le"),
        ("qtrle", "argb", "matroska", "libx264", "yuv444p"),
        ("mjpeg", "yuvj422p", "mov", "libx264", "yuvj422p"),
        ("dvvideo", "yuv411p", "avi", "libx264", "yuv422p"),
        ("rawvideo", "nv12", "avi", "libx264", "yuv420p"),
        ("dnxhd", "gbrp10le", "mov", "libx264", "yuv444p10le"),
    ],
)
def test_the_encoder_and_format_lose_least(
    codec: str, pix_fmt: str, container: str, encoder: str, stored: str
) -> None:
    spec = encode_spec(_info(codec, pix_fmt, container))
    assert (spec.encoder, spec.pix_fmt) == (encoder, stored)


def test_rgb_that_becomes_ycbcr_says_by_which_matrix() -> None:
    spec = encode_spec(_info("png", "rgb24", color_space=0, color_range=2))
    assert (spec.color_space, spec.color_range) == (1, 1)
    kept = encode_spec(_info("hevc", "gbrp", color_space=0))
    assert kept.color_space == 0


@pytest.mark.parametrize(
    ("source", "stored", "what"),
    [
        ("yuv420p", "yuv420p", None),
        ("nv12", "yuv420p", None),
        ("gray", "yuv420p", None),
        ("yuv420p", "yuv444p10le", None),
        ("yuva420p", "yuv420p", "alpha"),
        ("rgb24", "yuv444p", "color"),
        ("yuv420p", "gray", "gray"),
        ("yuv420p12le", "yuv420p10le", "bits"),
        ("yuv422p", "yuv420p", "chroma"),
        ("yuv440p", "yuv422p", "chroma"),
    ],
)
def test_losses_are_named(source: str, stored: str, what: str | None) -> None:
    found = loss(source, stored)._asdict()
    found.pop("surplus")
    assert [name for name, lost in found.items() if lost] == ([what] if what else [])


def test_what_a_format_offers_for_nothing_is_not_taken() -> None:
    assert nearest("nv12", ["yuv444p", "yuv420p10le", "yuv420p"])[0] == "yuv420p"
    assert nearest("yuvj411p", ["yuv422p", "yuvj422p"])[0] == "yuvj422p"
    assert sharing("yuv410p") == (4, 4)


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "facts", "kinds"),
    [
        ("h264", "yuv420p", {}, []),
        ("h264", "yuv420p", {"interlaced": True}, [NoteKind.DEINTERLACED]),
        ("mpeg2video", "yuv420p", {}, [NoteKind.CODEC_CHANGED]),
        ("prores", "yuva444p12le", {}, [NoteKind.FORMAT_CHANGED]),
        ("vp9", "yuv420p", {"alpha": True}, [NoteKind.FORMAT_CHANGED]),
        ("hevc", "yuv420p10le", {"dynamic_hdr": ["HDR10+"]}, [NoteKind.FORMAT_CHANGED]),
        ("mpeg4", "yuv420p", {"width": 321}, [NoteKind.CODEC_CHANGED, NoteKind.FORMAT_CHANGED]),
        ("av1", "yuv420p", {"width": 321}, []),
        ("vp9", "yuv420p", {"width": 321}, []),
    ],
)
def test_differences_are_told(codec: str, pix_fmt: str, facts: dict[str, Any], kinds: list[NoteKind]) -> None:
    notes = encode_spec(_info(codec, pix_fmt, "mov", **facts)).notes
    assert [note.kind for note in notes] == kinds


def test_a_reduction_by_the_tier_is_no_note() -> None:
    spec = encode_spec(_info("h264", "yuv420p"), size=(1280, 720))
    assert (spec.width, spec.height, spec.notes) == (1280, 720, [])
    assert spec.source_size == (1920, 1080)


def test_hdr_is_said_to_encoders_in_their_own_words() -> None:
    assert (
        in_whole_numbers(_DISPLAY) == "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
    )
    assert in_decimals(_DISPLAY) == (
        "G(0.26500,0.69000)B(0.15000,0.06000)R(0.68000,0.32000)WP(0.31270,0.32900)L(1000.0000,0.0001)"
    )


def _stored(places: list[int], dark: int, bright: int, below: int = 50_000) -> bytes:
    rationals = [value for place in places for value in (place, below)] + [dark, 10_000, bright, 10_000]
    return struct.pack("=22i", *rationals, 1, 1)


def test_hdr_that_makes_no_sense_is_left_out() -> None:
    places = [34000, 16000, 13250, 34500, 7500, 3000, 15635, 16450]
    assert display_of(_stored(places, 1, 10_000_000)) == _DISPLAY
    assert display_of(_stored([-1, *places[1:]], 1, 10_000_000)) is None
    assert display_of(_stored([60_000, *places[1:]], 1, 10_000_000)) is None
    assert display_of(_stored(places, 10_000_000, 1)) is None
    assert display_of(_stored(places, 1, 10_000_000, below=0)) is None


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1"])
def test_hdr_is_among_the_options(codec: str) -> None:
    light = ContentLight(most=1000, most_average=400)
    spec = encode_spec(_info(codec, "yuv420p10le", mastering_display=_DISPLAY, content_light=light))
    told = " ".join(spec.options.values())
    assert "mastering-display=" in told or "master-display=" in told
    assert "=1000,400" in told


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "facts", "encoder", "stored"),
    [
        ("h264", "yuv420p", {}, "h264_nvenc", "yuv420p"),
        ("hevc", "yuv420p10le", {}, "hevc_nvenc", "p010le"),
        ("av1", "yuv420p", {}, "av1_nvenc", "yuv420p"),
        ("mpeg2video", "yuv420p", {}, "h264_nvenc", "yuv420p"),
        ("h264", "yuv420p10le", {}, "libx264", "yuv420p10le"),
        ("hevc", "yuv422p10le", {}, "libx265", "yuv422p10le"),
        ("hevc", "yuv420p10le", {"mastering_display": _DISPLAY}, "libx265", "yuv420p10le"),
        ("h264", "yuv420p", {"width": 7680, "height": 4320}, "libx264", "yuv420p"),
        ("h264", "yuv420p", {"width": 128, "height": 96}, "libx264", "yuv420p"),
        ("vp9", "yuv420p", {}, "libvpx-vp9", "yuv420p"),
    ],
)
def test_hardware_is_taken_where_it_writes_the_same(
    codec: str, pix_fmt: str, facts: dict[str, Any], encoder: str, stored: str
) -> None:
    info = _info(codec, pix_fmt, **facts)
    spec = encode_spec(info, hardware=list(nvenc.CODECS))
    assert (spec.encoder, spec.pix_fmt) == (encoder, stored)
    assert encode_spec(info, hardware=[]).encoder not in nvenc.CODECS


def test_huge_frames_are_looked_ahead_less() -> None:
    plain, huge = (
        encode_spec(_info("h264", "yuv420p", width=w, height=h)) for w, h in ((1920, 1080), (7680, 4320))
    )
    assert "rc-lookahead" not in plain.options
    assert "rc-lookahead" in huge.options
    reduced = encode_spec(_info("h264", "yuv420p", width=7680, height=4320), size=(3840, 2160))
    assert "rc-lookahead" not in reduced.options
