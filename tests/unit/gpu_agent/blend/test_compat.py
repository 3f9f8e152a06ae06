"""The published paste-back against an evaluation of its facts in another form, and against its measured weights."""

import numpy as np
import pytest

from faces.align import inverse, transform
from gpu_agent.blend.compat import Labels, Swap, edge, face_of, pasted, soft_erosion


def facing(side: float, corner: float = 60.0, size: int = 224) -> np.ndarray:
    """The matrix from a frame in which a face's square has `side` pixels to the square."""
    scale = size / side
    return np.array([[scale, 0, -scale * corner], [0, scale, -scale * corner]])


@pytest.mark.parametrize(("side", "weight"), [(40, 0.0), (60, 0.12), (80, 0.26), (100, 0.37), (224, 0.68)])
def test_a_mask_has_the_mean_weight_that_was_measured_on_the_scripts(side: int, weight: float) -> None:
    mask = edge(facing(side), 224, (400, 400))
    assert mask[60 : 60 + side, 60 : 60 + side].mean() == pytest.approx(weight, abs=0.006)


def test_a_pasted_face_is_the_formula_at_every_pixel() -> None:
    """A turned square without OpenCV: bilinear by hand, a box erosion, a sum of Gaussian weights."""
    generator = np.random.default_rng(5)
    frame = generator.integers(0, 256, (120, 130, 3), np.uint8)
    crop = generator.random((64, 64, 3), np.float32)
    matrix = np.array([[0.61, 0.11, -9.0], [-0.11, 0.61, 2.5]])
    result = pasted(frame, [Swap(crop, matrix)])
    white = np.where(bilinear(np.full((64, 64, 1), 255.0), matrix, frame.shape) > 20, 255.0, 0.0)[..., 0]
    mask = blurred(eroded(white)) / 255
    expected = mask[..., None] * bilinear(crop, matrix, frame.shape) * 255 + (1 - mask[..., None]) * frame
    off = np.abs(result - np.floor(expected))
    # OpenCV places samples to 1/32 pixel; and where hardly anything is laid, cutting off takes one level.
    assert np.median(off) == 0 and off.mean() < 0.5 and off[mask == 0].max() <= 1


def bilinear(square: np.ndarray, matrix: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    places = transform(matrix, np.stack([columns.ravel(), rows.ravel()], 1)) + 1
    padded = np.pad(square.astype(float), ((1, 2), (1, 2), (0, 0)))
    places = np.clip(places, 0, len(square) + 1)
    low = np.floor(places).astype(int)
    (u, v), (fu, fv) = low.T, (places - low).T[..., None]
    top = padded[v, u] * (1 - fu) + padded[v, u + 1] * fu
    bottom = padded[v + 1, u] * (1 - fu) + padded[v + 1, u + 1] * fu
    return (top * (1 - fv) + bottom * fv).reshape(*shape[:2], -1)


def eroded(mask: np.ndarray) -> np.ndarray:
    """The least of 40 x 40 pixels, 20 before to 19 behind; beyond the frame nothing is black."""
    padded = np.pad(mask, ((20, 19), (20, 19)), constant_values=255)
    return np.lib.stride_tricks.sliding_window_view(padded, (40, 40)).min((2, 3))


def blurred(mask: np.ndarray) -> np.ndarray:
    weights = np.exp(-(np.arange(-20, 21) ** 2) / (2 * 6.5**2))
    for axis in (0, 1):
        wide = np.pad(mask, [(20, 20) if axis == one else (0, 0) for one in (0, 1)], mode="reflect")
        mask = np.apply_along_axis(np.convolve, axis, wide, weights / weights.sum(), "valid")
    return mask


def test_a_soft_erosion_draws_a_mask_in_and_keeps_its_middle() -> None:
    mask = np.zeros((96, 96))
    mask[20:76, 20:76] = 1
    soft = soft_erosion(mask)
    assert (
        (soft[44:52, 44:52] == 1).all()
        and soft[22, 48] < 0.5
        and abs(soft[10, 48]) < 1e-9
        and (soft <= 1).all()
    )
    assert (np.diff(soft[20:48, 48]) >= -1e-12).all()
    assert soft[soft < 1].max() == pytest.approx(1)


def test_where_the_parser_sees_no_face_the_frames_own_square_stays() -> None:
    labels: Labels = np.zeros((512, 512), np.uint8)
    labels[128:384, 128:384] = 1
    labels[300:320, 200:300] = 11
    labels[128:200] = 17  # hair
    crop, target = np.full((224, 224, 3), 0.8, np.float32), np.full((224, 224, 3), 0.2, np.float32)
    result = pasted(np.full((300, 300, 3), 51, np.uint8), [Swap(crop, facing(224, 38), target, labels)])
    assert abs(int(result[38 + 130, 150, 0]) - 204) <= 1 and abs(int(result[38 + 60, 150, 0]) - 51) <= 1
    assert face_of(np.zeros((512, 512), np.uint8), 224) is None


def test_a_face_beyond_the_frame_changes_nothing() -> None:
    frame = np.full((80, 80, 3), 7, np.uint8)
    away = inverse(np.array([[1.0, 0, 500], [0, 1, 500]]))
    assert (pasted(frame, [Swap(np.ones((64, 64, 3), np.float32), away)]) == frame).all()
