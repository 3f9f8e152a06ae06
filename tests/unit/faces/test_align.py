"""Similarities against their definition, and squares against the template."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from faces.align import ARCFACE_112, align, inverse, scale_of, similarity, template, transform
from faces.detect import Detector
from tests.portraits import hopper

angles = st.floats(-np.pi, np.pi)
scales = st.floats(0.05, 20)
shifts = st.floats(-3000, 3000)


@given(angles, scales, shifts, shifts)
def test_similarity_finds_the_transformation_that_was_made(
    angle: float, scale: float, x: float, y: float
) -> None:
    made = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    target = ARCFACE_112 @ made.T + (x, y)
    found = similarity(ARCFACE_112, target)
    assert np.allclose(found[:, :2], made, atol=1e-6 * scale)
    assert np.allclose(transform(found, ARCFACE_112), target, atol=1e-5 * max(1.0, scale))


def test_a_mirrored_face_is_not_mirrored_back() -> None:
    found = similarity(ARCFACE_112, ARCFACE_112 * (-1, 1))
    assert np.linalg.det(found[:, :2]) > 0


@given(st.integers(0, 2**32 - 1))
def test_no_other_similarity_is_nearer(seed: int) -> None:
    generator = np.random.default_rng(seed)
    source, target = ARCFACE_112, ARCFACE_112 + generator.normal(0, 6, (5, 2))
    found = similarity(source, target)
    error = ((transform(found, source) - target) ** 2).sum()
    turn = generator.normal(0, 0.01, 2)
    other = found + np.array(
        [[turn[0], -turn[1], generator.normal(0, 0.5)], [turn[1], turn[0], generator.normal(0, 0.5)]]
    )
    assert ((transform(other, source) - target) ** 2).sum() >= error - 1e-9


def test_inverse_undoes() -> None:
    matrix = similarity(ARCFACE_112, ARCFACE_112 * 2.5 + (7, -3))
    assert np.allclose(transform(inverse(matrix), transform(matrix, ARCFACE_112)), ARCFACE_112)
    assert abs(scale_of(matrix) - 2.5) < 1e-9


def test_template_with_a_margin_is_the_packs_geometry() -> None:
    # p160 = p112 * 128/112 + 16
    assert np.allclose(template(160, 0.125), ARCFACE_112 * 128 / 112 + 16)


def test_a_square_shows_the_face_where_its_matrix_says() -> None:
    face = Detector().detect(hopper())[0]
    for size in (112, 256):
        square, matrix = align(hopper(), face.points, size, 0.125)
        again = Detector().detect(square, tight=True)[0]
        unit = size / 140
        assert np.abs(again.points - transform(matrix, face.points)).max() < 5 * unit
        assert np.abs(again.points - template(size, 0.125)).mean() < 4 * unit
