"""The index read from the boxes alone names exactly the frames that a player shows."""

from pathlib import Path

import numpy as np
import pytest

from media.containers.container import main_video, open_container
from media.containers.index import read_index, walk_index
from media.containers.moov import read_movie
from media.sources.source import open_source
from tests import films


def _shown(film: Path) -> list[int]:
    with open_source(film) as source, open_container(source) as container:
        return [frame.pts for frame in container.decode(main_video(container)) if frame.pts is not None]


def _assert_exact(film: Path) -> None:
    with open_source(film) as source:
        index = read_index(source)
        assert not read_movie(source).fragmented
    assert index.pts.tolist() == _shown(film)
    assert index.keys[0] <= index.pts[0]


@pytest.mark.parametrize("start", ["0.034", "0.5", "1.015", "1.27", "2.2"])
@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
@pytest.mark.parametrize("name", ["b_frames", "open_gop"])
def test_edit_lists_of_films_cut_without_encoding(name: str, suffix: str, start: str, tmp_path: Path) -> None:
    whole, part = films.make(name, tmp_path), tmp_path / f"part{suffix}"
    films.ffmpeg(["-ss", start, "-i", str(whole), "-t", "0.7", "-c", "copy", str(part)])
    _assert_exact(part)


@pytest.mark.parametrize("offset", ["0.1", "0.4321", "2.5"])
def test_films_that_begin_late(offset: str, tmp_path: Path) -> None:
    whole, late = films.make("b_frames", tmp_path), tmp_path / "late.mp4"
    films.ffmpeg(["-itsoffset", offset, "-i", str(whole), "-map", "0:v", "-c", "copy", str(late)])
    _assert_exact(late)


@pytest.mark.parametrize("name", ["b_frames", "vfr_with_hole", "hevc", "all_intra", "rotated", "prores_pcm"])
def test_boxes_and_packets_tell_the_same(name: str, tmp_path: Path) -> None:
    film = films.make(name, tmp_path)
    _assert_exact(film)
    with open_source(film) as source:
        boxes, packets = read_index(source), walk_index(source)
    assert (boxes.stream_index, boxes.time_base) == (packets.stream_index, packets.time_base)
    assert np.array_equal(boxes.pts, packets.pts)
    assert np.array_equal(boxes.keys, packets.keys)
    assert boxes.end == packets.end
