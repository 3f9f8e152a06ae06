"""Results are coded as their sources are, or say how they differ."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from contracts.media import ContentLight, MasteringDisplay, Plan
from contracts.notes import NoteKind
from media.frames import read_range
from media.pixels.color import to_bgr
from media.pixels.planes import planes
from media.pixels.steady import Steady
from media.plan import plan
from media.sources.source import open_source
from tests.integration.media import kinds
from tests.integration.media.passage import luma, passed, probed, psnr

_CODEC, _FORMAT, _FIELDS = NoteKind.CODEC_CHANGED, NoteKind.FORMAT_CHANGED, NoteKind.DEINTERLACED
_NEAR = (
    3  # levels of 255 that blocks are off on average; with another matrix than the tagged one, more than 4
)
_PQ, _HLG = 16, 18  # transfer functions of ITU-T H.273

# What comes of each: codec, pixel format, notes.
_EXPECTED = {
    "hevc_12_bit.mkv": ("hevc", "yuv422p12le", []),
    "hevc_rgb.mkv": ("hevc", "gbrp", []),
    "h264_10_bit.mov": ("h264", "yuv422p10le", []),
    "h264_gray.mp4": ("h264", "yuvj420p", []),
    "h264_full_range.mp4": ("h264", "yuvj420p", []),
    "h264_odd_444.mp4": ("h264", "yuv444p", []),
    "vp9_odd.webm": ("vp9", "yuv420p", []),
    "av1_odd.mkv": ("av1", "yuv420p", []),
    "vp9_444.webm": ("vp9", "yuv444p", []),
    "vp9_alpha.webm": ("vp9", "yuv420p", [_FORMAT]),
    "mjpeg_odd.avi": ("h264", "yuvj420p", [_CODEC, _FORMAT]),
    "png_rgb.mov": ("h264", "yuv444p", [_CODEC, _FORMAT]),
    "animation_alpha.mov": ("prores", "yuva444p12le", [_CODEC, _FORMAT]),
    "raw_packed.mov": ("h264", "yuv422p", [_CODEC]),
    "prores_lt.mov": ("prores", "yuv422p10le", []),
    "prores_alpha.mov": ("prores", "yuva444p12le", [_FORMAT]),
    "tiny_h264.mp4": ("h264", "yuv420p", []),
    "tiny_vp9.webm": ("vp9", "yuv420p", []),
    "one_frame.mp4": ("h264", "yuv420p", []),
    "quick.mp4": ("h264", "yuv420p", []),
}

Blocks = npt.NDArray[np.float32]


def _blocks(path: Path) -> list[Blocks]:
    """The colors of every frame by blocks of 16 x 16 pixels, 0 to 255."""
    with av.open(str(path)) as container:
        return [_coarse(to_bgr(frame)) for frame in container.decode(video=0)]


def _coarse(picture: npt.NDArray[np.uint8]) -> Blocks:
    height, width = picture.shape[0] // 16 * 16, picture.shape[1] // 16 * 16
    tiles = picture[:height, :width].reshape(height // 16, 16, width // 16, 16, 3)
    means: Blocks = tiles.mean(axis=(1, 3), dtype=np.float32)
    return means


@pytest.mark.parametrize("name", _EXPECTED)
def test_the_result_is_coded_like_the_source(name: str, tmp_path: Path) -> None:
    film = kinds.make(name, tmp_path)
    done = passed(film, tmp_path, 0.25)
    out = probed(done.out).video
    codec, pix_fmt, notes = _EXPECTED[name]
    assert (out.codec, out.pix_fmt) == (codec, pix_fmt)
    assert [note.kind for note in done.spec.notes if note.kind is not NoteKind.CONTAINER_CHANGED] == notes
    before, after = _blocks(film), _blocks(done.out)
    assert len(before) == len(after) == done.report.frames
    assert np.mean([abs(one - other).mean() for one, other in zip(before, after, strict=True)]) < _NEAR


def test_prores_keeps_its_profile_and_transparency(tmp_path: Path) -> None:
    assert probed(passed(kinds.make("prores_lt.mov", tmp_path), tmp_path).out).video.profile == "LT"
    film = kinds.make("prores_alpha.mov", tmp_path)
    out = passed(film, tmp_path).out
    assert b"ap4h" in out.read_bytes()
    before, after = _planes(film, 3), _planes(out, 3)
    assert (
        max(float(abs(one - other).max()) for one, other in zip(before, after, strict=True)) <= 8
    )  # of 4095


def _planes(path: Path, index: int) -> list[npt.NDArray[np.int32]]:
    with av.open(str(path)) as container:
        return [planes(frame)[index].astype(np.int32) for frame in container.decode(video=0)]


@pytest.mark.parametrize("name", ["hevc_hdr10.mp4", "av1_hdr10.mkv", "h264_hdr10.mkv"])
def test_hdr_keeps_its_metadata(name: str, tmp_path: Path) -> None:
    film = kinds.make(name, tmp_path)
    out = passed(film, tmp_path, 0.25).out
    for video in (probed(film).video, probed(out).video):
        assert video.color_trc == _PQ
        assert video.bit_depth == 10
        assert video.content_light == ContentLight(most=1000, most_average=400)
        assert video.mastering_display == MasteringDisplay(
            red=(34000, 16000), green=(13250, 34500), blue=(7500, 3000), white=(15635, 16450),
            max_luminance=10_000_000, min_luminance=1,
        )  # fmt: skip


def test_hlg_stays_hlg(tmp_path: Path) -> None:
    out = probed(passed(kinds.make("hevc_hlg.mov", tmp_path), tmp_path).out).video
    assert (out.color_trc, out.pix_fmt) == (_HLG, "yuv420p10le")
    assert out.mastering_display is None


@pytest.mark.parametrize(
    ("name", "place"),
    [("h264_centered.ts", 1), ("hevc_top_left.mp4", 2), ("mjpeg_odd.avi", 1), ("h264_10_bit.mov", None)],
)
def test_color_samples_stay_in_their_place(name: str, place: int | None, tmp_path: Path) -> None:
    film = kinds.make(name, tmp_path)
    assert probed(film).video.chroma_location == place
    assert probed(passed(film, tmp_path).out).video.chroma_location == place


def test_lost_transparency_is_not_announced(tmp_path: Path) -> None:
    film = kinds.make("vp9_alpha.webm", tmp_path)
    done = passed(film, tmp_path)
    assert probed(film).video.alpha
    assert not probed(done.out).video.alpha
    with av.open(str(done.out)) as container:
        assert "alpha_mode" not in container.streams.video[0].metadata


def test_an_odd_size_is_kept_or_cropped_by_one(tmp_path: Path) -> None:
    kept = probed(passed(kinds.make("vp9_odd.webm", tmp_path), tmp_path).out).video
    assert (kept.width, kept.height) == (97, 65)
    done = passed(kinds.make("mjpeg_odd.avi", tmp_path), tmp_path)
    cropped = probed(done.out).video
    assert (cropped.width, cropped.height) == (96, 64)
    assert {"from": "97x65", "to": "96x64"} in [note.detail for note in done.spec.notes]


@pytest.mark.parametrize("name", ["fields_h264.mp4", "fields_mpeg2.ts", "fields_prores.mov"])
def test_fields_become_pictures(name: str, tmp_path: Path) -> None:
    film = kinds.make(name, tmp_path)
    done = passed(film, tmp_path, 0.2)
    assert done.info.video.interlaced
    assert len(done.plan.segments) > 1
    assert not probed(done.out).video.interlaced
    assert _FIELDS in [note.kind for note in done.spec.notes]
    assert done.report.frames == len(_blocks(film))
    whole = kinds.make_moving(tmp_path)
    assert _likeness(done.out, whole) > _likeness(film, whole) + 6


def _likeness(path: Path, like: Path) -> float:
    """PSNR in dB of the luma of all frames."""
    return float(
        np.mean([psnr(one, other) for (_, one), (_, other) in zip(luma(path), luma(like), strict=True)])
    )


@pytest.mark.parametrize("name", ["fields_h264.mp4", "fields_mpeg2.ts"])
@pytest.mark.parametrize("context", [0, 3])
def test_a_cut_changes_no_deinterlaced_picture(name: str, context: int, tmp_path: Path) -> None:
    film = kinds.make(name, tmp_path)
    with open_source(film) as source:
        whole, cut = plan(source, 100.0), plan(source, 0.2)
    assert len(whole.segments) == 1 < len(cut.segments)
    assert list(_pictures(film, cut, context)) == list(_pictures(film, whole, 0))


def _pictures(film: Path, cut: Plan, context: int) -> Iterator[tuple[int, bytes]]:
    for span in cut.segments:
        with (
            open_source(film) as source,
            closing(
                read_range(source, cut.stream_index, span, context, steady=Steady(deinterlace=True))
            ) as frames,
        ):
            yield from ((frame.pts, bytes(frame.video.planes[0])) for frame in frames if frame.in_range)


@pytest.mark.parametrize("name", ["growing.webm", "growing.ts"])
def test_a_size_that_changes_midway_is_brought_to_the_first(name: str, tmp_path: Path) -> None:
    film = kinds.make_growing(name, tmp_path)
    done = passed(film, tmp_path, 0.2)
    with av.open(str(done.out)) as container:
        assert [(frame.width, frame.height) for frame in container.decode(video=0)] == 30 * [(96, 64)]


_IN_A_LIMITED_PROCESS = """
import sys
from fractions import Fraction
import av
from contracts.media import MediaInfo, VideoStream
from contracts.settings import AgentSettings
from media.encode import SegmentWriter
from media.pixels.frame import Frame
from media.spec import encode_spec
from sandbox import limits

codec, part = sys.argv[1:]
video = VideoStream(
    index=0, codec=codec, width=7680, height=4320, pix_fmt="yuv420p", time_base=Fraction(1, 25), fps=Fraction(25)
)
info = MediaInfo(kind="video", container="matroska", duration_seconds=0.08, size=1, video=video)
limits.apply(memory_mb=AgentSettings().memory_mb)
with SegmentWriter(part, encode_spec(info), threads=2) as writer:
    for pts in range(2):
        writer.write(Frame(av.VideoFrame(7680, 4320, "yuv420p"), pts))
"""


@pytest.mark.parametrize("codec", ["h264", "av1"])
def test_huge_frames_fit_the_memory_of_a_worker(codec: str, tmp_path: Path) -> None:
    part = tmp_path / "part.nut"
    command = [sys.executable, "-c", _IN_A_LIMITED_PROCESS, codec, str(part)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with av.open(str(part)) as container:
        assert sum(bool(packet.size) for packet in container.demux(video=0)) == 2
