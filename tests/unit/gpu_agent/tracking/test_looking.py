"""Where and when faces are looked for, and what a look is shown."""

import cv2
import numpy as np
import pytest

from faces.detect import Detection, Detector, Picture
from gpu_agent.tracking.closely import close_look
from gpu_agent.tracking.cuts import Cuts
from gpu_agent.tracking.fading import Fading
from gpu_agent.tracking.looks import Looks
from gpu_agent.tracking.tracker import CONTINUE_SCORE
from gpu_agent.tracking.window import SIDE, window_around
from tests.unit.gpu_agent.tracking.moving import FRAME, placed, shown, true_points, wall


class Recording:
    """A detector that finds nothing and keeps the sizes of what it was shown."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def detect(self, picture: Picture) -> list[Detection]:
        self.shapes.append(picture.shape[:2])
        return []


def small_face() -> tuple[Picture, np.ndarray]:
    """A picture of 1280 x 960 in which a face is 9 pixels from eye to eye."""
    large = np.asarray(cv2.resize(wall(6), (1280, 960), interpolation=cv2.INTER_CUBIC), np.uint8)
    matrix = placed(900, 300, 0.2)
    return shown(matrix, on=large), true_points(matrix)


def test_small_faces_are_found_in_parts_of_the_picture() -> None:
    picture, points = small_face()
    detector = Detector(CONTINUE_SCORE)
    assert detector.detect(picture) == []
    (face,) = Looks(detector).due(picture, 0.0, anew=True)
    assert np.linalg.norm((face.points - points).mean(0)) < 3


def test_between_cuts_it_is_looked_now_and_then_and_everywhere_in_turn() -> None:
    recording = Recording()
    looks = Looks(recording)
    looks.due(wall(), 0.0, anew=True)
    first = len(recording.shapes)
    for index in range(1, 61):
        looks.due(wall(), index * FRAME, anew=False)
    later = recording.shapes[first:]
    assert first == 5
    assert later.count((240, 320)) == 8  # four a second
    assert len(later) - 8 == 5


def test_a_video_that_is_cut_is_looked_at_when_it_would_be() -> None:
    def times(start: int) -> list[int]:
        recording, at = Recording(), []
        looks = Looks(recording)
        for index in range(start, 60):
            before = len(recording.shapes)
            looks.due(wall(), index * FRAME, anew=index == start)
            at += [index] * (len(recording.shapes) - before)
        return [index for index in at if index > 25]

    assert times(0) == times(17) == times(24)


@pytest.mark.parametrize("matrix", [placed(150, 120), placed(20, 30, 0.6), placed(300, 220, 0.2)])
def test_a_window_shows_the_face_wherever_it_is(matrix: np.ndarray) -> None:
    picture, points = shown(matrix), true_points(matrix)
    window = window_around(points, picture)
    assert window.cut(picture).shape == (SIDE, SIDE, 3)
    assert np.abs(window.outside(window.inside(points)) - points).max() < 1e-3
    assert 0.3 * SIDE < window.inside(points).mean() < 0.7 * SIDE
    found = close_look(Detector(CONTINUE_SCORE), window.cut(picture), window.inside(points), 1)
    assert found is not None
    size = np.linalg.norm(points[1] - points[0])
    assert np.linalg.norm((window.outside(found.points) - points).mean(0)) < 0.1 * size


def test_looks_of_one_number_are_alike_and_of_others_differ() -> None:
    points = true_points(placed(150, 120))
    window = window_around(points, shown(placed(150, 120)))
    cutout, detector = window.cut(shown(placed(150, 120))), Detector(CONTINUE_SCORE)
    looks = [close_look(detector, cutout, window.inside(points), number) for number in (7, 7, *range(8, 24))]
    found = np.stack([look.points for look in looks if look is not None])
    assert len(found) == len(looks)
    assert (found[0] == found[1]).all()
    errors = found[1:] - window.inside(points)
    alone, together = np.abs(errors).mean(), np.abs(errors.mean(0)).mean()
    assert together < 0.75 * alone


def test_another_face_is_not_taken_for_the_one_looked_for() -> None:
    points = true_points(placed(150, 120))
    window = window_around(points, wall())
    cutout = window.cut(shown(placed(150, 120)))
    elsewhere = window.inside(points) + np.float32(45)
    assert close_look(Detector(CONTINUE_SCORE), cutout, elsewhere, 1) is None


def test_cuts_are_told_from_swings_of_the_camera() -> None:
    wide = np.asarray(cv2.resize(wall(1), (3200, 240)), np.uint8)
    swing = [wide[:, 20 * index : 20 * index + 320] for index in range(60)]
    told = [
        *swing,
        *[255 - wall(8)] * 2,
        *[shown(placed(150 + index, 120), on=wall(2)) for index in range(9)],
    ]
    cuts = Cuts()
    assert [index for index, picture in enumerate(told) if cuts.is_cut(picture)] == [0, 60, 62]


def test_a_face_comes_and_goes_by_degrees() -> None:
    coming, there = Fading(at_once=False), Fading(at_once=True)
    coming.seen(FRAME)
    assert 0.2 < coming.strength < 0.3
    for _ in range(5):
        there.missed(FRAME)
    assert there.strength == 1 and not there.gone
    there.missed(FRAME)
    there.missed(FRAME)
    assert 0 < there.strength < 1
    there.seen(FRAME)
    assert not there.is_missed
    there.missed(FRAME, lost=True)
    assert there.strength < 1
    for _ in range(8):
        there.missed(FRAME, lost=True)
    assert there.gone
