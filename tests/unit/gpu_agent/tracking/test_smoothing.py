"""Steady points that do not lag behind."""

import numpy as np
import pytest

from faces.detect import Points
from gpu_agent.tracking.smoothing import OneEuro

FACE = np.array([(40, 40), (70, 40), (55, 58), (43, 75), (67, 75)], np.float32)
FRAME = 1 / 30


def settled() -> OneEuro:
    """A filter that has seen the face for long."""
    smooth = OneEuro()
    smooth(FACE, 0.0, weight=1000)
    return smooth


def noise(frames: int, pixels: float) -> Points:
    return np.random.default_rng(5).normal(0, pixels, (frames, 5, 2)).astype(np.float32)


def test_a_resting_face_stands_still() -> None:
    smooth, jitter = OneEuro(), noise(90, 0.8)
    out = np.stack([smooth(FACE + one, FRAME) for one in jitter])[10:]
    before, after = np.diff(jitter[10:], axis=0).std(), np.diff(out, axis=0).std()
    assert after < before / 5


def test_a_moving_face_is_followed_closely() -> None:
    smooth = OneEuro()
    lag = 0.0
    for frame in range(60):
        here = FACE + np.float32((4.0 * frame, 0))  # more than three times its size in a second
        lag = float(np.abs(smooth(here, FRAME) - here).max())
    assert lag < 2.0


def test_a_motion_that_is_known_costs_neither_lag_nor_rest() -> None:
    smooth, last, errors = settled(), FACE, []
    for frame, jitter in enumerate(noise(60, 0.8), 1):
        here = FACE + np.float32((4.0 * frame, 0))
        smooth.carry(last + np.float32((4.0, 0)))
        last = smooth(here + jitter, FRAME)
        errors.append(last - here)
    assert np.abs(np.mean(errors[20:], axis=(0, 1))).max() < 0.3
    assert np.diff(errors[20:], axis=0).std() < 0.25


def test_a_motion_that_was_wrong_is_made_good() -> None:
    smooth = settled()
    smooth.carry(FACE + np.float32((6, 0)))
    for _ in range(30):
        last = smooth(FACE, FRAME)
    assert np.abs(last - FACE).max() < 0.6


def test_the_first_looks_count_alike() -> None:
    smooth, looks = OneEuro(), FACE + noise(4, 1.0)
    for look in looks:
        last = smooth(look, FRAME)
    assert np.abs(last - looks.mean(0)).max() < 0.05


def test_irregular_frame_times_smooth_alike() -> None:
    """Two steps of half the time move as far as one: what a step does depends on its duration."""
    one, two = settled(), settled()
    target = FACE + np.float32((1, 0))
    coarse = one(target, 2 * FRAME)
    two(target, FRAME)
    fine = two(target, FRAME)
    assert 0.05 < coarse[0, 0] - FACE[0, 0] < 0.9
    assert np.abs(coarse - fine).max() < 0.05


@pytest.mark.parametrize(("by", "is_jump"), [(18, True), (6, False)])
def test_another_place_is_taken_as_it_is(by: float, is_jump: bool) -> None:
    target = FACE + np.float32((by, 0))
    assert bool(np.allclose(settled()(target, FRAME), target)) is is_jump
