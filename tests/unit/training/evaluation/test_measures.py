"""Each measure on values of which the answer is known."""

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from training.evaluation.fidelity import IDENTICAL, psnr, ssim
from training.evaluation.figures import correlation, mean, median, percentile
from training.evaluation.frechet import frechet
from training.evaluation.geometry import (
    eye_distances,
    eye_openings,
    mouth_openings,
    point_errors,
    poses,
    smiles,
)
from training.evaluation.groups import thirds
from training.evaluation.outside import Landmarks
from training.evaluation.retrieval import hits, shares
from training.evaluation.sheet import spread
from training.evaluation.squares import TEMPLATE

FACE = TEMPLATE.astype(np.float32)[None]


def exact(mean_of: float, deviation: float, features: int) -> np.ndarray:
    """Vectors whose mean and covariance are exactly these, the latter times the identity."""
    corners = np.vstack([np.eye(features), -np.eye(features)])
    return mean_of + corners * deviation * np.sqrt((2 * features - 1) / 2)


def test_the_nearest_of_the_gallery_is_found() -> None:
    gallery = np.array([(1, 0), (0, 1), (3, 3)], np.float32)
    results = np.array([(0.9, 0.1), (0.2, 0.7), (2, 3), (0.6, 0.4)], np.float32)
    assert hits(results, gallery, [0, 1, 2, 1]).tolist() == [True, True, True, False]


def test_shares_tell_another_photo_from_the_same() -> None:
    found = shares(np.array([True, False, True, True]), np.array([True, True, False, False]))
    assert (found.top1, found.top1_other_photo, found.top1_same_photo) == (0.75, 0.5, 1.0)
    assert shares(np.array([True]), np.array([False])).top1_other_photo is None


@pytest.mark.parametrize(("deviation", "other"), [(1.0, 1.0), (1.0, 2.5), (0.3, 0.3)])
def test_the_frechet_distance_is_that_of_the_formula(deviation: float, other: float) -> None:
    distance = frechet(exact(0.0, deviation, 4), exact(3.0, other, 4))
    assert distance == pytest.approx(4 * (3.0**2 + (deviation - other) ** 2))


def test_the_frechet_distance_sees_how_features_depend_on_each_other() -> None:
    random = np.random.default_rng(0)
    plain = random.normal(size=(400, 3))
    mixed = plain @ np.array([(1, 0.9, 0), (0, 0.4, 0), (0, 0, 1)])
    assert frechet(plain, plain) == pytest.approx(0, abs=1e-8)
    assert frechet(plain, mixed) == pytest.approx(frechet(mixed, plain))
    assert frechet(plain, mixed) > 0.1


def test_psnr_is_that_of_the_formula_within_the_mask() -> None:
    before = np.full((8, 8, 3), 100, np.uint8)
    after = before.copy()
    after[:4] += 10
    assert psnr(before, after) == pytest.approx(10 * np.log10(255**2 / 50))
    inside = np.zeros((8, 8), bool)
    inside[:4] = True
    assert psnr(before, after, inside) == pytest.approx(10 * np.log10(255**2 / 100))
    assert psnr(before, after, ~inside) == IDENTICAL


def test_ssim_is_that_of_others() -> None:
    random = np.random.default_rng(0)
    gray = np.kron(random.integers(0, 200, (8, 8)), np.ones((6, 6))).astype(np.uint8)
    noisy = np.clip(gray + random.normal(0, 12, gray.shape), 0, 255).astype(np.uint8)
    wanted = structural_similarity(
        gray, noisy, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
    )
    first, second = (np.repeat(picture[..., None], 3, 2) for picture in (gray, noisy))
    assert ssim(first, second) == pytest.approx(wanted, abs=1e-6)
    assert ssim(first, first) == pytest.approx(1)


def test_a_known_shift_is_that_error() -> None:
    eyes = eye_distances(FACE)
    shifted = FACE + np.array((0.03, 0.04), np.float32) * eyes[0]
    assert point_errors(shifted, FACE, eyes) == pytest.approx([5.0], rel=1e-4)
    moved = FACE.copy()
    moved[0, 2, 0] += eyes[0] / 10
    assert point_errors(moved, FACE, eyes) == pytest.approx([2.0], rel=1e-4)


def test_a_face_that_was_not_found_is_left_out() -> None:
    both = np.concatenate([FACE, np.full_like(FACE, np.nan)])
    errors = point_errors(both, np.concatenate([FACE, FACE]) + 1, eye_distances(np.concatenate([FACE, FACE])))
    assert np.isnan(errors).tolist() == [False, True]
    assert median(errors) == pytest.approx(errors[0], abs=1e-4)
    assert np.isnan(poses(both)[1]).all()


def test_a_turned_face_has_another_yaw_and_a_smile_another_width() -> None:
    other = FACE.copy()
    eyes = eye_distances(FACE)[0]
    other[0, 2, 0] += 0.2 * eyes
    other[0, 4, 0] += 0.1 * eyes
    yaw, pitch = np.abs(poses(other) - poses(FACE))[0]
    assert yaw == pytest.approx(0.2 - 0.1 / 4, abs=2e-3)
    assert pitch < 0.01
    assert smiles(other) - smiles(FACE) == pytest.approx([0.1], abs=2e-3)


def test_openings_are_heights_over_widths() -> None:
    landmarks: Landmarks = np.zeros((1, 68, 2), np.float32)
    landmarks[0, 60], landmarks[0, 64] = (0, 0), (40, 0)
    landmarks[0, [67, 66, 65], 1] = 10
    for start, end, lower in ((36, 39, [41, 40]), (42, 45, [47, 46])):
        landmarks[0, end, 0] = 20
        landmarks[0, lower, 1] = 6 if start == 36 else 2
    assert mouth_openings(landmarks) == pytest.approx([0.25])
    assert eye_openings(landmarks) == pytest.approx([0.2])


def test_figures_leave_out_what_could_not_be_measured() -> None:
    values = [1.0, np.nan, 3.0]
    assert (median(values), mean(values), percentile(values, 100)) == (2.0, 2.0, 3.0)
    assert (median([np.nan]), mean([])) == (None, None)
    assert correlation([1, 2, 3, np.nan], [2, 4, 6, 0]) == 1.0
    assert correlation([1, 1, 1], [2, 4, 6]) is None


def test_thirds_are_thirds() -> None:
    assert thirds(np.array([5.0, 1, 3, 2, 6, 4])) == ["bright", "dark", "middle", "dark", "bright", "middle"]


def test_the_sheet_shows_the_worst_the_best_and_what_lies_between() -> None:
    assert spread(np.array([0.5, 0.1, 0.9, 0.3, 0.7]), 3) == [1, 0, 2]
    assert spread(np.array([0.5, 0.1]), 24) == [1, 0]
