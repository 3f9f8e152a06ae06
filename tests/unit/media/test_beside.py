"""Two films side by side: every pair shows the same moment, whatever happened to the result."""

from collections.abc import Collection
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from faces.detect import Picture
from media.beside import Beside

FIRST, STEP = 24, 4  # luma of the first frame, and from frame to frame


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """50 frames, each a little brighter, with a key frame every 20."""
    return write(tmp_path_factory.mktemp("beside") / "original.mp4")


def test_all_of_a_short_film_is_one_stretch(original: Path) -> None:
    with Beside(str(original), str(original)) as films:
        assert shown(films, 5, 10) == [[(n, n) for n in range(50)]]
        assert films.missing == 0


def test_stretches_of_a_long_one_reach_from_end_to_end(original: Path) -> None:
    with Beside(str(original), str(original)) as films:
        found = [[pair[0] for pair in stretch] for stretch in shown(films, 3, 4)]
    assert found == [[0, 1, 2, 3], [23, 24, 25, 26], [46, 47, 48, 49]]


def test_frames_that_a_result_lacks_are_missing_and_nothing_shifts(original: Path, tmp_path: Path) -> None:
    result = write(tmp_path / "result.mp4", left_out={7, 8, 30})
    with Beside(str(original), str(result)) as films:
        (stretch,) = shown(films, 1, 50)
        assert films.missing == 3
    assert stretch == [(n, n) for n in range(50) if n not in (7, 8, 30)]


def test_half_the_frame_rate_is_half_of_the_frames(original: Path, tmp_path: Path) -> None:
    result = write(tmp_path / "result.mp4", left_out=range(1, 50, 2))
    with Beside(str(original), str(result)) as films:
        assert films.missing == 25
        assert all(before == after for stretch in shown(films, 3, 4) for before, after in stretch)


def test_another_container_rounds_times(original: Path, tmp_path: Path) -> None:
    with Beside(str(original), str(write(tmp_path / "result.mkv"))) as films:
        assert films.missing == 0
        assert all(before == after for stretch in shown(films, 3, 4) for before, after in stretch)


def test_a_result_that_begins_elsewhere_is_moved(original: Path, tmp_path: Path) -> None:
    with Beside(str(original), str(write(tmp_path / "result.mkv", start=90))) as films:
        assert films.missing == 0


def test_a_smaller_result_has_a_smaller_original_beside_it(original: Path, tmp_path: Path) -> None:
    with Beside(str(original), str(write(tmp_path / "result.mp4", side=32))) as films:
        ((before, after), *_) = next(films.stretches(1, 2))
    assert before.shape == after.shape == (32, 32, 3)


def test_a_picture_is_one_pair(tmp_path: Path) -> None:
    for name, value in (("before.png", 40), ("after.png", 90)):
        cv2.imwrite(str(tmp_path / name), np.full((40, 60, 3), value, np.uint8))
    with Beside(str(tmp_path / "before.png"), str(tmp_path / "after.png")) as films:
        ((pair,),) = [list(stretch) for stretch in films.stretches(5, 8)]
        assert films.missing == 0
    assert [int(picture.mean()) for picture in pair] == [40, 90]


def write(path: Path, left_out: Collection[int] = (), side: int = 64, start: int = 0) -> Path:
    """Gray frames at 30 a second, each brighter than the last; they begin `start` frames after zero."""
    with av.open(str(path), "w") as container:
        options = {"qp": "0", "preset": "ultrafast", "g": "20"}
        stream = container.add_stream("libx264", rate=30, options=options)
        stream.width = stream.height = side
        stream.pix_fmt, stream.codec_context.time_base = "yuv420p", Fraction(1, 15360)
        for number in range(50):
            if number not in left_out:
                picture = np.full((side * 3 // 2, side), 128, np.uint8)  # chroma lies below luma
                picture[:side] = FIRST + STEP * number
                frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
                frame.pts, frame.time_base = 512 * (number + start), Fraction(1, 15360)
                container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def shown(films: Beside, count: int, frames: int) -> list[list[tuple[int, ...]]]:
    """Which frames are side by side in each stretch."""
    return [
        [tuple(number_of(picture) for picture in pair) for pair in stretch]
        for stretch in films.stretches(count, frames)
    ]


def number_of(picture: Picture) -> int:
    luma = 16 + float(picture.mean()) * 219 / 255
    return round((luma - FIRST) / STEP)
