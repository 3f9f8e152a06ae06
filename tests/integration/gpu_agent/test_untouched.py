"""Where no face is swapped, the result has the very packets of the source; where one is, players see no joint."""

import subprocess
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
import pytest

from gpu_agent.identities import Identities
from gpu_agent.pipeline import Workshop
from tests import footage
from tests.footage import FACE_FRAMES, FRAMES
from tests.integration.gpu_agent.swapping import Swapped, pieces, swapped
from tests.integration.media.passage import Luma, luma, psnr, sounds
from tests.player import CHROMIUM, player

_FACE = set(FACE_FRAMES)
_CALM = set(range(FRAMES)) - _FACE


@pytest.fixture(scope="module")
def workshop() -> Workshop:
    return Workshop(Identities(), threads=1)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where films are made, so that what they are made of is made once."""
    return tmp_path_factory.mktemp("films")


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


@pytest.mark.parametrize(
    "name", ["faststart_mov", "h264_mkv", "h264_422_10_bit", "fragmented", "vp9_opus", "prores_4444"]
)
def test_groups_without_a_face_are_the_sources_packets(
    name: str, workshop: Workshop, films: Path, tmp_path: Path
) -> None:
    film = footage.make(name, films)
    done = swapped(workshop, film, tmp_path, 1.0)
    alike = likeness(film, done)
    calm = _CALM & set(range(len(alike)))
    assert same_packets(film, done) == calm
    assert done.copied == len(calm)
    assert all(alike[number] == 99 for number in calm)
    assert all(alike[number] < 40 for number in _FACE & set(range(len(alike))))
    assert players_frames(done.out) == len(alike)
    assert sounds(film) == sounds(done.out)


@pytest.mark.browser
@pytest.mark.parametrize("name", ["faststart_mov", "vp9_opus"])
async def test_a_browser_shows_every_frame_on_both_sides_of_a_joint(
    name: str, workshop: Workshop, films: Path, tmp_path: Path
) -> None:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    done = swapped(workshop, footage.make(name, films), tmp_path, 1.0)
    assert 0 < done.copied < len(list(luma(done.out)))
    wanted = {float(time): picture for time, picture in luma(done.out)}
    times = sorted(wanted)
    joints = {FACE_FRAMES.start, FACE_FRAMES.stop} & set(range(len(times)))
    async with player(done.out) as shown:
        for number in sorted({joint + step for joint in joints for step in (-2, -1, 0, 1, 9)}, reverse=True):
            got = cv2.cvtColor(await shown.frame(times[number] + 1 / 60), cv2.COLOR_BGR2GRAY) / 255
            apart = [float(np.abs(_spread(wanted[time]) - got).mean()) for time in times]
            assert int(np.argmin(apart)) == number
        assert await shown.play() == 0


def _spread(limited: Luma) -> Luma:
    """Luma of limited range, 16 to 235, over the whole range, as browsers show it."""
    return np.clip((limited * 255 - 16) / 219, 0, 1)
