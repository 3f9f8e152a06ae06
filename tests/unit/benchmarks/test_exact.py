"""The matrix finds what differs between an upload and its result, and nothing where nothing does."""

from pathlib import Path

import pytest
from benchmarks.exact.row import Row, row
from benchmarks.exact.service import Served

from tests import films

_KEPT = ["-map", "0", "-c", "copy"]
_OTHER_WORDS = [
    "-map",
    "-0:a:1",
    "-metadata",
    "title=Another",
    "-aspect",
    "16:9",
    "-bsf:v",
    "h264_metadata=matrix_coefficients=9",
]
_OTHER_FRAMES = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "45", "-frames:v", "59"]
# What is done to a film, as ffmpeg's arguments, and what has to be said of it.
_DAMAGE = [
    (_OTHER_WORDS, ("tracks differ", "tags differ", "aspect", "colors")),
    (_OTHER_FRAMES, ("1 frames are not at their times", "the worst frame has")),
    (["-bsf:v", "setts=pts=PTS+100:dts=DTS+100"], ("frames are not at their times",)),
]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return films.make_tracks(tmp_path_factory.mktemp("film"), ".mkv")


def compared(film: Path, result: Path) -> Row:
    job = {"progress": {"segments_total": 1}, "face_frames": 0, "notes": []}
    return row("film", film, Served(job, result, plays=None))


def test_a_film_is_equal_to_itself(film: Path) -> None:
    same = compared(film, film)
    assert same.problems == []
    assert same.times and same.tracks and same.tags and same.look and not same.decodes
    assert (same.frames, same.copied, same.decibels) == ((60, 60), 1.0, (99.0, 99.0))


@pytest.mark.parametrize(("arguments", "words"), _DAMAGE)
def test_what_differs_is_said(
    arguments: list[str], words: tuple[str, ...], film: Path, tmp_path: Path
) -> None:
    films.ffmpeg(["-i", str(film), *_KEPT, *arguments, str(tmp_path / "result.mkv")])
    said = "; ".join(compared(film, tmp_path / "result.mkv").problems)
    assert [word for word in words if word not in said] == [], said
