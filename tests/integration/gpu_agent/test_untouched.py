"""Where no face is swapped, the result has the very packets of the source; where one is, players see no joint."""

import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
import pytest

from gpu_agent.identities import Identities
from gpu_agent.pipeline import Workshop
from tests import footage
from tests.browser import CHROMIUM, MISSING
from tests.films import Film, ffmpeg, made
from tests.footage import FACE_FRAMES, FRAMES
from tests.integration.gpu_agent.swapping import Swapped, pieces, swapped
from tests.integration.media.passage import Luma, luma, psnr, sounds
from tests.player import player

_FACE = set(FACE_FRAMES)
_CALM = set(range(FRAMES)) - _FACE


@pytest.fixture(scope="module")
def workshop() -> Workshop:
    return Workshop(Identities(), threads=1)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where films are made, so that what they are made of is made once."""
    return tmp_path_factory.mktemp("films")


def h264(name: str, options: str, folder: Path, suffix: str) -> Path:
    """The scene as x264 encodes it with `options`, silent."""
    film = Film(suffix, ["-an", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-x264-params", options])
    return made(name, film, folder, footage.scene_file(folder))


def players_frames(film: Path) -> int:
    """How many frames ffmpeg shows, which has to find no fault."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-xerror", "-i", str(film), "-map", "0:v:0"]
    command += ["-fps_mode", "passthrough", "-f", "framemd5", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return sum(not line.startswith("#") for line in done.stdout.splitlines())


def same_packets(film: Path, done: Swapped) -> set[int]:
    """The frames, by number, whose packets are those of the source."""
    before, after = pieces(film), pieces(done.out)
    assert [float(piece.time) for piece in after] == pytest.approx([float(p.time) for p in before], abs=2e-3)
    pairs = enumerate(zip(before, after, strict=True))
    return {number for number, (one, other) in pairs if one.hash == other.hash}


def likeness(film: Path, done: Swapped) -> list[float]:
    """PSNR of every frame against the source's, in dB; 99 where they are the same."""
    return [psnr(one, other) for (_, one), (_, other) in zip(luma(film), luma(done.out), strict=True)]


Make = Callable[[str], tuple[Path, Swapped]]


@pytest.fixture(scope="module")
def make(workshop: Workshop, films: Path) -> Make:
    """Makes a film of `tests.footage` and its result in segments of a second; each once."""

    @cache
    def once(name: str) -> tuple[Path, Swapped]:
        film = footage.make(name, films)
        return film, swapped(workshop, film, films / f"{name}-result", 1.0)

    return once


@pytest.mark.parametrize(
    "name",
    [
        "faststart_mov",
        "h264_mkv",
        "h264_422_10_bit",
        "fragmented",
        "transport_stream",
        "vp9_opus",
        "prores_4444",
    ],
)
def test_groups_without_a_face_are_the_sources_packets(name: str, make: Make) -> None:
    film, done = make(name)
    alike = likeness(film, done)
    calm = _CALM & set(range(len(alike)))
    assert same_packets(film, done) == calm
    assert done.copied == len(calm)
    assert all(alike[number] == 99 for number in calm)
    assert all(25 < alike[number] < 45 for number in _FACE & set(range(len(alike))))
    assert players_frames(done.out) == len(alike)
    assert [[hash_ for _, _, hash_ in row] for row in sounds(film).values()] == [
        [hash_ for _, _, hash_ in row] for row in sounds(done.out).values()
    ]


@pytest.mark.parametrize("name", ["open_gop", "single_gop"])
def test_where_decoding_can_begin_only_once_nothing_is_copied(name: str, make: Make) -> None:
    film, done = make(name)
    assert done.spec.copies and done.copied == 0
    assert same_packets(film, done) == set()
    assert players_frames(done.out) == FRAMES


def test_other_segments_leave_the_same_frames_untouched(
    workshop: Workshop, make: Make, tmp_path: Path
) -> None:
    film, done = make("faststart_mov")
    whole = swapped(workshop, film, tmp_path, 5.0)
    assert len(whole.outcomes) == 1 < len(done.outcomes)
    assert same_packets(film, whole) == same_packets(film, done)
    pairs = zip(luma(whole.out), luma(done.out), strict=True)
    assert min(psnr(one, other) for (_, one), (_, other) in pairs) > 38


def test_a_second_header_midway_ends_copying(workshop: Workshop, films: Path, tmp_path: Path) -> None:
    both = enumerate(("ref=1:bframes=0:keyint=30", "cabac=0:ref=4:keyint=30"))
    parts = [h264(f"part{number}", options, films, ".ts") for number, options in both]
    film = tmp_path / "both.mp4"
    names = tmp_path / "names.txt"
    names.write_text("".join(f"file {part}\n" for part in parts))
    ffmpeg(["-f", "concat", "-safe", "0", "-i", str(names), "-c", "copy", str(film)])
    done = swapped(workshop, film, tmp_path / "done", 5.0)
    same = same_packets(film, done)
    assert same and max(same) < FRAMES
    alike = likeness(film, done)
    assert min(alike[number] for number in range(FRAMES, 2 * FRAMES) if number - FRAMES in _CALM) > 40
    assert players_frames(done.out) == 2 * FRAMES


@pytest.mark.browser
@pytest.mark.parametrize("name", ["faststart_mov", "vp9_opus"])
async def test_a_browser_shows_every_frame_on_both_sides_of_a_joint(name: str, make: Make) -> None:
    if CHROMIUM is None:
        pytest.skip(MISSING)
    _, done = make(name)
    assert 0 < done.copied < len(list(luma(done.out)))
    wanted = {float(time): picture for time, picture in luma(done.out)}
    times = sorted(wanted)
    joints = {FACE_FRAMES.start, FACE_FRAMES.stop} & set(range(len(times)))
    async with player(done.out) as shown:
        for number in sorted({joint + step for joint in joints for step in (-1, 0)}, reverse=True):
            got = cv2.cvtColor(await shown.frame(times[number] + 1 / 60), cv2.COLOR_BGR2GRAY) / 255
            apart = [float(np.abs(_spread(wanted[time]) - got).mean()) for time in times]
            assert int(np.argmin(apart)) == number
        assert await shown.play() == 0


def _spread(limited: Luma) -> Luma:
    """Luma of limited range, 16 to 235, over the whole range, as browsers show it."""
    return np.clip((limited * 255 - 16) / 219, 0, 1)
