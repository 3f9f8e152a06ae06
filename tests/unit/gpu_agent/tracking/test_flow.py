"""Optical flow: how a face moved, whatever crosses it, and where nothing can be followed."""

import cv2
import numpy as np

from gpu_agent.tracking.flow import motion
from gpu_agent.tracking.window import gray, window_around
from tests.unit.gpu_agent.tracking.moving import placed, shown, true_points, wall

HERE, THERE = placed(150, 120), placed(153, 118, 0.51, 2)


def test_a_face_that_moves_and_turns_is_followed_to_a_part_of_a_pixel() -> None:
    window = window_around(true_points(HERE), shown(HERE))
    before, after = (gray(window.cut(shown(matrix))) for matrix in (HERE, THERE))
    moved = motion(before, after, window.inside(true_points(HERE)))
    assert moved is not None and moved.share > 0.8
    there = window.outside(moved.of(window.inside(true_points(HERE))))
    assert np.abs(there - true_points(THERE)).max() < 0.35


def test_a_hand_that_crosses_does_not_take_the_face_along() -> None:
    points = true_points(HERE)
    window = window_around(points, shown(HERE))
    pictures = []
    for step, matrix in enumerate((HERE, THERE)):
        picture = shown(matrix)
        hand = wall(5)[40:70, 40 : 40 + 30]
        picture[136:166, 120 + 4 * step : 150 + 4 * step] = cv2.addWeighted(hand, 0.8, hand, 0, 20)
        pictures.append(gray(window.cut(picture)))
    moved = motion(*pictures, window.inside(points))
    assert moved is not None
    there = window.outside(moved.of(window.inside(points)))
    assert np.abs(there - true_points(THERE)).max() < 1.0


def test_across_a_cut_nothing_is_followed() -> None:
    window = window_around(true_points(HERE), shown(HERE))
    before, after = gray(window.cut(shown(HERE))), gray(window.cut(wall(4)))
    moved = motion(before, after, window.inside(true_points(HERE)))
    assert moved is None or moved.share < 0.5
