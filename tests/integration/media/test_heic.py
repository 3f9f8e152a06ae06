"""HEIC and AVIF pictures: one item or a grid of tiles, coded anew near to lossless, all else as it was."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt
import pytest

from contracts.errors import MediaError, Reason, WorkError
from contracts.notes import NoteKind
from media.frames import read_range
from media.plan import plan
from media.previews.preview import plays_in_browser
from media.sources.source import open_source
from tests.heic import heic
from tests.stills import BOX, passed, probed, scene, thumbnail, tiff

_WIDTH, _HEIGHT = 120, 100


def _shown(path: Path) -> npt.NDArray[np.int64]:
    """The picture as our reader shows it: blue, green, red."""
    with open_source(path) as source:
        (frame,) = read_range(source, 0, plan(source, 5).segments[0])
        return frame.to_bgr().astype(np.int64)


def _seen_by_ffmpeg(path: Path) -> npt.NDArray[np.int64]:
    """The picture as the ffmpeg program shows it."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-i",
        str(path),
        "-f",
        "rawvideo",
        "-pix_fmt",
        "bgr24",
        "-",
    ]
    data = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    return np.frombuffer(data, np.uint8).reshape(_HEIGHT, _WIDTH, 3).astype(np.int64)


def _outside(apart: npt.NDArray[np.int64]) -> float:
    """PSNR in dB outside of the box and the chroma around it."""
    apart = apart.copy()
    apart[BOX[0].start - 4 : BOX[0].stop + 4, BOX[1].start - 4 : BOX[1].stop + 4] = 0
    return -10 * float(np.log10(max(float((apart**2).mean()) / 255**2, 1e-10)))


@pytest.mark.parametrize("tiled", [False, True])
@pytest.mark.parametrize(
    ("kind", "pix_fmt"),
    [
        ("heic", "yuv420p"),
        ("heic", "yuv420p10le"),
        ("heic", "yuv444p"),
        ("avif", "yuv420p"),
        ("avif", "yuv420p10le"),
    ],
)
def test_it_comes_back_with_the_change(kind: str, tiled: bool, pix_fmt: str, tmp_path: Path) -> None:
    path = heic(tmp_path / f"a.{kind}", scene(_WIDTH, _HEIGHT), tiled=tiled, pix_fmt=pix_fmt)
    info = probed(path)
    assert (info.container, info.video.width, info.video.height) == (kind, _WIDTH, _HEIGHT)
    assert info.video.pix_fmt == pix_fmt and info.video.bit_depth == (10 if "10" in pix_fmt else 8)
    assert plays_in_browser(info) == (kind == "avif")
    out, notes = passed(path, tmp_path)
    assert probed(out).video == info.video and not notes
    before, after = _shown(path), _shown(out)
    assert _outside(before - after) >= 45
    assert np.abs((before - after)[BOX]).mean() > 25
    assert np.abs(_seen_by_ffmpeg(out) - after).mean() < 3


def test_a_turned_one_is_painted_upright(tmp_path: Path) -> None:
    path = heic(tmp_path / "a.heic", scene(_HEIGHT, _WIDTH), tiled=True, turns=3)
    assert (probed(path).video.width, probed(path).video.height) == (_WIDTH, _HEIGHT)
    out, _ = passed(path, tmp_path)
    apart = _shown(path) - _shown(out)
    assert _outside(apart) >= 45 and np.abs(apart[BOX]).mean() > 25


def test_metadata_stays_and_other_pictures_go(tmp_path: Path) -> None:
    small = thumbnail()
    exif, xmp = tiff(orientation=6, thumbnail=small), b"<x:xmpmeta>kept</x:xmpmeta>"
    path = heic(tmp_path / "a.heic", scene(_WIDTH, _HEIGHT), exif=exif, xmp=xmp, others=True)
    out, notes = passed(path, tmp_path)
    result = out.read_bytes()
    assert xmp in result and b"a scene" in result and b"a profile of colors" in result
    assert b"\xff\xd8\xff" not in result
    assert result.count(b"auxl") == 1 and b"thmb" not in result  # transparency stays
    assert [note.kind for note in notes] == [NoteKind.TRACKS_DROPPED]
    assert probed(out).video == probed(path).video


def test_without_a_change_it_is_the_very_file(tmp_path: Path) -> None:
    path = heic(tmp_path / "a.heic", scene(_WIDTH, _HEIGHT), tiled=True, others=True)
    out, notes = passed(path, tmp_path, paint=False)
    assert out.read_bytes() == path.read_bytes() and not notes


@pytest.mark.parametrize("tiled", [False, True])
def test_a_smaller_one_keeps_its_metadata(tiled: bool, tmp_path: Path) -> None:
    path = heic(tmp_path / "a.heic", scene(_WIDTH, _HEIGHT), tiled=tiled, exif=tiff())
    out, _ = passed(path, tmp_path, size=(60, 50))
    assert (probed(out).video.width, probed(out).video.height) == (60, 50)
    assert b"a scene" in out.read_bytes() and b"a profile of colors" in out.read_bytes()
    assert np.abs(_shown(out).mean() - _shown(path).mean()) < 5


def test_what_is_cut_short_or_spoiled_is_refused_in_words(tmp_path: Path) -> None:
    whole = heic(
        tmp_path / "a.heic", scene(_WIDTH, _HEIGHT), tiled=True, exif=tiff(), others=True
    ).read_bytes()
    path, random = tmp_path / "broken.heic", np.random.default_rng(4)
    for length in (30, 300, len(whole) // 2):
        path.write_bytes(whole[:length])
        with pytest.raises(MediaError):
            probed(path)
    for _ in range(40):
        spoiled = bytearray(whole)
        for place in random.integers(8, 1600, 4):
            spoiled[place] = random.integers(256)
        path.write_bytes(bytes(spoiled))
        try:
            passed(path, tmp_path)
        except (MediaError, WorkError) as error:
            assert error.message


def test_a_sequence_is_refused(tmp_path: Path) -> None:
    path = heic(tmp_path / "a.heic", scene(_WIDTH, _HEIGHT))
    data = path.read_bytes()
    path.write_bytes(data[:8] + b"hevc" + data[12:])
    with pytest.raises(MediaError, match="animation") as caught:
        probed(path)
    assert caught.value.reason is Reason.NOT_A_PICTURE
