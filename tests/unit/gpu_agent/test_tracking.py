"""Steady points, kept gaps, honest cuts."""

import numpy as np
import pytest

from faces.detect import Detection, Picture
from gpu_agent.smoothing import OneEuro
from gpu_agent.tracking import BEGIN_SCORE, Tracker, overlap

FACE = np.array([(40, 40), (70, 40), (55, 58), (43, 75), (67, 75)], np.float32)
FRAME = 1 / 30


def picture(seed: int = 1) -> Picture:
    """Coarse noise: every place looks like itself only."""
    coarse = np.random.default_rng(seed).integers(0, 255, (20, 30, 3), np.uint8)
    return np.kron(coarse, np.ones((10, 10, 1), np.uint8))


def found(shift: float = 0.0, score: float = 0.9) -> Detection:
    return Detection((30 + shift, 25, 50, 65), FACE + np.float32((shift, 0)), score)


def test_a_resting_face_stands_still() -> None:
    generator = np.random.default_rng(5)
    jitter = generator.normal(0, 0.4, (90, 5, 2)).astype(np.float32)
    smooth = OneEuro()
    out = np.stack([smooth(FACE + noise, FRAME) for noise in jitter])
    before, after = np.diff(FACE + jitter, axis=0).std(), np.diff(out, axis=0).std()
    assert after < before / 2.2


def test_a_moving_face_is_followed_closely() -> None:
    smooth = OneEuro()
    lag = 0.0
    for frame in range(60):
        here = FACE + np.float32((4.0 * frame, 0))  # four eye distances a second
        lag = float(np.abs(smooth(here, FRAME) - here).max())
    assert lag < 2.0  # of 30 px between the eyes


def test_irregular_frame_times_smooth_alike() -> None:
    """Two steps of half the time move as far as one: what a step does depends on its duration."""
    one, two = OneEuro(), OneEuro()
    target = FACE + np.float32((1, 0))
    one(FACE, 0), two(FACE, 0)
    coarse = one(target, 2 * FRAME)
    two(target, FRAME)
    fine = two(target, FRAME)
    assert np.abs(coarse - fine).max() < 0.25


def test_one_face_keeps_its_number() -> None:
    tracker = Tracker()
    numbers = {tracker.update(picture(), [found(shift)], FRAME)[0].track for shift in range(0, 30, 3)}
    assert numbers == {1}


def test_two_faces_that_pass_keep_their_numbers() -> None:
    tracker = Tracker()
    for shift in range(0, 40, 4):
        faces = tracker.update(picture(), [found(shift), found(150 - shift)], FRAME)
        by_place = sorted(faces, key=lambda face: face.points[:, 0].mean())
        assert [face.track for face in by_place] == [1, 2]


def test_a_weak_detection_continues_a_face_but_begins_none() -> None:
    tracker = Tracker()
    weak = BEGIN_SCORE - 0.1
    assert tracker.update(picture(), [found(score=weak)], FRAME) == []
    assert len(tracker.update(picture(), [found()], FRAME)) == 1
    assert len(tracker.update(picture(), [found(score=weak)], FRAME)) == 1


def test_a_face_is_kept_through_a_short_gap_only() -> None:
    tracker = Tracker()
    tracker.update(picture(), [found()], FRAME)
    counts = [len(tracker.update(picture(), [], FRAME)) for _ in range(8)]
    assert counts[:3] == [1, 1, 1]
    assert counts[-1] == 0
    assert counts == sorted(counts, reverse=True)


def test_a_face_is_not_kept_across_a_cut() -> None:
    tracker = Tracker()
    tracker.update(picture(1), [found()], FRAME)
    assert tracker.update(picture(2), [], FRAME) == []


def test_a_jump_is_not_smoothed() -> None:
    tracker = Tracker()
    for _ in range(10):
        tracker.update(picture(), [found()], FRAME)
    (face,) = tracker.update(picture(), [found(25)], FRAME)
    assert np.abs(face.points - found(25).points).max() < 0.01


@pytest.mark.parametrize(
    ("other", "share"), [((0, 0, 10, 10), 1.0), ((20, 20, 5, 5), 0.0), ((5, 0, 10, 10), 1 / 3)]
)
def test_overlap(other: tuple[float, ...], share: float) -> None:
    assert overlap((0, 0, 10, 10), other) == pytest.approx(share)
