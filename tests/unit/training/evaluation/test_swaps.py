"""Crops into an engine's square and back."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from faces.align import Matrix, template
from gpu_agent.engines.base import Crops, Identity, Photo, Swapped
from gpu_agent.engines.paste import PasteEngine
from gpu_agent.engines.templates import templates
from tests.unit.training.evaluation.made import crop
from training.evaluation import pixels
from training.evaluation.album import Eyes
from training.evaluation.fidelity import psnr
from training.evaluation.pairs import Pair
from training.evaluation.squares import TEMPLATE, Placing
from training.evaluation.swaps import Runner
from training.pack import MARGIN, SIDE

POINTS = TEMPLATE.astype(np.float32)
MIDDLE = slice(MARGIN, SIDE - MARGIN)


class Half:
    """An engine that shows a quarter of a source's mean color, in squares of 128 px; one face at a time."""

    name, device, size, batch = "half", "cpu", 128, 3
    templates: Matrix = template(128)[None]

    def __init__(self) -> None:
        self.prepared = 0

    def prepare(self, photos: Sequence[Photo]) -> Identity:
        """The mean color."""
        self.prepared += 1
        return Identity(self.name, photos[0].picture.mean((0, 1)))

    def swap(self, crops: Crops, identities: Sequence[Identity]) -> Swapped:
        """Plain squares."""
        if len(crops) > 1:
            raise MemoryError
        squares = np.broadcast_to(identities[0].data, crops.shape)
        return Swapped(squares.astype(np.uint8), np.full(crops.shape[:3], 0.25, np.float32))


def test_an_engine_with_the_crops_own_template_gets_their_very_pixels() -> None:
    placing = Placing(template(128)[None], 128)
    hopper, off = crop("hopper"), POINTS + np.float32(3)
    square = placing.square(hopper, off)
    assert np.array_equal(square, hopper[MIDDLE, MIDDLE])
    back, mask = placing.back(square, np.ones((128, 128), np.float32), off)
    assert np.array_equal(back[MIDDLE, MIDDLE], hopper[MIDDLE, MIDDLE])
    assert mask[MIDDLE, MIDDLE].min() == 1
    assert mask.sum() == pytest.approx(128**2)


def test_larger_squares_come_back_nearly_as_they_were() -> None:
    placing = Placing(PasteEngine.templates, PasteEngine.size)
    hopper = crop("hopper")
    square = placing.square(hopper, POINTS)
    back, _ = placing.back(square, np.ones(square.shape[:2], np.float32), POINTS)
    assert psnr(hopper[MIDDLE, MIDDLE], back[MIDDLE, MIDDLE]) > 38


def test_an_engine_of_many_poses_gets_the_one_that_the_points_fit() -> None:
    placing = Placing(templates(224, ffhq=False), 224)
    turned = POINTS.copy()
    turned[2, 0] += 12
    plain, sideways = placing.matrix(POINTS), placing.matrix(turned)
    assert np.abs(plain - sideways).max() > 1


def test_what_is_shown_is_as_much_of_the_swap_as_the_mask_says() -> None:
    engine = Half()
    crops = np.stack([crop("hopper"), crop("collins")])
    pairs = [Pair(0, 1), Pair(1, 0), Pair(0, 1), Pair(0, 1)]
    swaps = Runner(engine, crops, np.stack([POINTS, POINTS])).swaps(pairs)
    color = crops[0].mean((0, 1)).astype(np.uint8)
    wanted = crops[1] * 0.75 + color * 0.25
    assert np.abs(swaps.shown[0] - wanted)[MIDDLE, MIDDLE].max() <= 1
    assert np.array_equal(swaps.shown[0][:MARGIN], crops[1][:MARGIN])
    assert np.abs(swaps.bare[3][MIDDLE, MIDDLE].astype(int) - color).max() <= 1
    assert np.array_equal(swaps.shown[0], swaps.shown[2])
    assert swaps.edges == pytest.approx([0.25] * 4)
    assert engine.prepared == 2
    figures = pixels.mask_figures(swaps, np.stack([POINTS] * 4))
    assert (figures.face, figures.around, figures.shown) == (0.25, 0.25, 0)


def test_a_face_is_found_where_the_crops_have_it(tmp_path: Path) -> None:
    eyes = Eyes()
    found = eyes.points(crop("hopper"))
    assert found is not None
    eye_distance = np.linalg.norm(POINTS[1] - POINTS[0])
    assert np.linalg.norm(found - POINTS, axis=1).max() < 0.25 * eye_distance
    again = eyes.again([crop("hopper")])
    assert 0 < np.linalg.norm(again[0] - found, axis=1).mean() < 0.06 * eye_distance
    assert eyes.points(np.full((SIDE, SIDE, 3), 128, np.uint8)) is None


def test_sharpness_is_told_from_a_blurred_face() -> None:
    sharp = crop("hopper")
    blurred = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 1.5), np.uint8)
    assert pixels.variance_ratio(sharp, sharp, POINTS) == 1
    ratio = pixels.variance_ratio(sharp, blurred, POINTS)
    assert ratio is not None
    assert ratio < 0.3
