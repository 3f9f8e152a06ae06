"""Single pictures of a video: spread over it, whatever part of them is taken."""

from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

from media.sampling import Sample, samples, spread
from media.sources.source import open_source
from tests.films import ffmpeg
from tests.portraits import encoded

SECONDS = 4.0
RATE = 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sampling")


def film(folder: Path, keys: int, *, size: tuple[int, int] = (96, 64)) -> Path:
    """Four seconds at 10 frames a second, brighter from frame to frame, with a key frame every `keys` frames."""
    path = folder / f"{keys}-{size[0]}.mp4"
    with av.open(str(path), "w") as container:
        options = {"g": str(keys), "sc_threshold": "0", "preset": "ultrafast", "bf": "0"}
        stream = container.add_stream("libx264", rate=RATE, options=options)
        (stream.width, stream.height), stream.pix_fmt = size, "yuv420p"
        for index in range(round(SECONDS * RATE)):
            picture = np.full((size[1], size[0], 3), 20 + 5 * index, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    return path


def taken(path: Path, most: int, count: int | None = None) -> list[Sample]:
    with open_source(path) as source:
        return list(islice(samples(source, SECONDS, most), count))


def test_key_frames_are_enough_where_there_are_many(folder: Path) -> None:
    some = taken(film(folder, 2), 16)
    assert len(some) == 16
    assert {round(one.seconds * RATE) % 2 for one in some} == {0}
    assert all(abs(int(one.pixels[30, 40, 0]) - (20 + 5 * one.seconds * RATE)) < 6 for one in some)


def test_where_key_frames_are_few_others_are_taken_too(folder: Path) -> None:
    times = sorted(one.seconds for one in taken(film(folder, 40), 16))
    assert len(times) == len(set(times)) >= 14
    assert max(np.diff(times)) <= 2 * SECONDS / 16 + 1 / RATE


def test_any_part_of_them_is_spread_over_the_video(folder: Path) -> None:
    times = sorted(one.seconds for one in taken(film(folder, 2), 16, 4))
    assert np.allclose(times, [0, 1, 2, 3], atol=0.25)


def test_large_pictures_are_reduced_and_turned_upright(folder: Path) -> None:
    turned = folder / "turned.mp4"
    wide = film(folder, 10, size=(1600, 32))
    ffmpeg(["-display_rotation", "90", "-i", str(wide), "-c", "copy", str(turned)])
    (one,) = taken(turned, 16, 1)
    assert one.pixels.shape == (1280, 26, 3)


def test_a_picture_is_its_own_sample(folder: Path) -> None:
    path = folder / "picture.png"
    path.write_bytes(encoded(np.full((40, 50, 3), 7, np.uint8)))
    (one,) = taken(path, 16)
    assert one.seconds == 0 and one.pixels.shape == (40, 50, 3)


def test_what_cannot_be_decoded_is_passed_over(folder: Path) -> None:
    data = bytearray(film(folder, 2).read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    broken = folder / "broken.mp4"
    broken.write_bytes(data)
    assert len(taken(broken, 16)) >= 8


@pytest.mark.parametrize("count", [1, 2, 7, 32])
def test_the_order_names_each_place_once(count: int) -> None:
    assert sorted(spread(count)) == list(range(count))
    assert spread(8) == [0, 4, 2, 6, 1, 5, 3, 7]
