"""Detection on portraits: place, size, borders, absence."""

import cv2
import numpy as np
import pytest

from faces.detect import Detector
from tests.portraits import astronaut, hopper


def test_finds_the_one_face_of_a_portrait() -> None:
    (face,) = Detector().detect(astronaut())
    eyes, mouth = face.points[:2].mean(0), face.points[3:].mean(0)
    assert face.score > 0.9
    assert np.abs(eyes - (223, 102)).max() < 6
    assert np.abs(mouth - (219, 143)).max() < 6
    x, y, width, height = face.box
    assert all((x < px < x + width) and (y < py < y + height) for px, py in face.points)


def test_large_pictures_give_points_in_their_own_pixels() -> None:
    large = cv2.resize(hopper(), None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    small, big = Detector().detect(hopper())[0], Detector().detect(np.asarray(large, np.uint8))[0]
    assert np.abs(big.points / 4 - small.points).max() < 3


def test_the_largest_face_comes_first() -> None:
    half = cv2.resize(hopper(), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    both = np.full((600, 800, 3), 127, np.uint8)
    both[:, 288:], both[:300, :256] = hopper(), half
    found = Detector().detect(both)
    assert len(found) == 2
    assert found[0].box[2] > 1.7 * found[1].box[2]


def test_a_tight_face_is_found_with_a_border() -> None:
    x, y, width, height = (round(value) for value in Detector().detect(hopper())[0].box)
    tight = hopper()[y + 14 : y + height - 14, x + 10 : x + width - 10]
    large = np.asarray(cv2.resize(tight, (600, 700)), np.uint8)
    (face,) = Detector(0.7).detect(large, tight=True)
    assert face.points[:, 0].min() > 0 and face.points[:, 0].max() < 600
    assert face.points[:, 1].min() > 0 and face.points[:, 1].max() < 700


@pytest.mark.parametrize("shape", [(1, 1), (17, 900), (900, 17), (480, 640)])
def test_pictures_without_a_face(shape: tuple[int, int]) -> None:
    assert Detector().detect(np.full((*shape, 3), 90, np.uint8), tight=True) == []
