"""Faces followed through pictures: exactly, steadily, through gaps, not across cuts."""

import numpy as np
import pytest

from faces.detect import Detection, Detector, Picture
from gpu_agent.tracking import TrackedFace
from gpu_agent.tracking.tracker import CONTINUE_SCORE, Tracker
from tests.unit.gpu_agent.tracking.moving import FRAME, placed, shown, swaying, true_points, wall


class Counting:
    """YuNet, and how many pixels it was shown."""

    def __init__(self) -> None:
        self.pixels = 0
        self._detector = Detector(CONTINUE_SCORE)

    def detect(self, picture: Picture) -> list[Detection]:
        self.pixels += picture.shape[0] * picture.shape[1]
        return self._detector.detect(picture)


def followed(pictures: list[Picture], start: int = 0) -> list[list[TrackedFace]]:
    tracker = Tracker(Detector(CONTINUE_SCORE))
    return [tracker.update(picture, index * FRAME) for index, picture in enumerate(pictures, start)]


class Distracted:
    """YuNet, but nothing is found while `away`."""

    def __init__(self) -> None:
        self.away = False
        self._detector = Detector(CONTINUE_SCORE)

    def detect(self, picture: Picture) -> list[Detection]:
        return [] if self.away else self._detector.detect(picture)


def test_a_moving_face_is_followed_more_exactly_than_it_is_found() -> None:
    matrices = list(swaying(60))
    pictures = [shown(matrix) for matrix in matrices]
    truth = np.stack([true_points(matrix) for matrix in matrices])
    counting = Counting()
    tracker = Tracker(counting)
    faces = [tracker.update(picture, index * FRAME) for index, picture in enumerate(pictures)]
    assert [[face.track for face in one] for one in faces] == [[1]] * 60
    detector = Detector()
    found = np.stack([detector.detect(picture)[0].points for picture in pictures])
    tracked = np.stack([one[0].points for one in faces])

    def shake(points: np.ndarray) -> float:
        """What is unsteady: second differences of the errors, in pixels."""
        return float(np.sqrt((np.diff(points - truth, 2, axis=0) ** 2).mean()))

    assert shake(tracked) < 0.4 * shake(found)
    assert np.abs(tracked - truth).mean() < np.abs(found - truth).mean()
    assert np.linalg.norm((tracked - truth).mean(1), axis=1).max() < 2.0  # of 24 pixels between the eyes
    assert counting.pixels < 60 * 90_000  # a whole 16:9 frame as the detector takes it has 230,400


def test_two_faces_that_pass_keep_their_numbers() -> None:
    pictures = [shown(placed(60 + 4 * i, 70, 0.4), placed(260 - 4 * i, 170, 0.4)) for i in range(45)]
    faces = followed(pictures)
    for index, one in enumerate(faces):
        upper, lower = sorted(one, key=lambda face: face.points[:, 1].mean())
        assert abs(upper.points[:, 0].mean() - (60 + 4 * index)) < 12
        if index == 0:
            numbers = (upper.track, lower.track)
        assert (upper.track, lower.track) == numbers


def test_a_face_is_kept_through_a_short_gap_where_it_moves_on_and_fades_in_a_long_one() -> None:
    matrices = list(swaying(40))
    detector = Distracted()
    tracker = Tracker(detector)
    faces = []
    for index, matrix in enumerate(matrices):
        detector.away = 12 <= index < 17 or index >= 24
        faces.append(tracker.update(shown(matrix), index * FRAME))
    assert [[face.track for face in one] for one in faces[:24]] == [[1]] * 24
    assert min(one[0].strength for one in faces[:24]) == 1
    off = [
        np.linalg.norm((one[0].points - true_points(faces_at)).mean(0))
        for one, faces_at in zip(faces[12:17], matrices[12:17], strict=True)
    ]
    assert max(off) < 2.5
    strengths = [one[0].strength if one else 0.0 for one in faces[24:]]
    assert strengths == sorted(strengths, reverse=True)
    assert len({value for value in strengths if 0 < value < 1}) >= 3
    assert faces[-1] == []


def test_a_face_is_not_kept_across_a_cut() -> None:
    faces = followed([shown(placed(160, 120))] * 5 + [wall(2)] * 2)
    assert [len(one) for one in faces] == [1] * 5 + [0] * 2


def test_after_a_cut_a_face_is_there_at_once_under_another_number() -> None:
    here = shown(placed(110, 110))
    there = shown(placed(170, 130, 0.6), on=255 - wall(3))
    faces = followed([here] * 5 + [there] * 2)
    assert [one[0].track for one in faces] == [1] * 5 + [2] * 2
    assert {one[0].strength for one in faces} == {1.0}


def test_a_face_that_turns_up_is_faded_in() -> None:
    faces = followed([wall()] * 5 + [shown(placed(160, 120, 0.3))] * 16)
    strengths = [one[0].strength for one in faces if one]
    assert 0.2 < strengths[0] < 0.3 and strengths[-1] == 1
    assert strengths == sorted(strengths)


def test_a_face_that_leaps_keeps_its_number() -> None:
    faces = followed([shown(placed(110, 120, 0.4))] * 6 + [shown(placed(132, 120, 0.4))] * 3)
    assert [one[0].track for one in faces] == [1] * 9
    assert np.abs(faces[6][0].points - true_points(placed(132, 120, 0.4))).max() < 4


@pytest.mark.parametrize("cut", [20, 31])
def test_a_video_that_is_cut_is_followed_as_if_it_were_not(cut: int) -> None:
    pictures = [shown(matrix) for matrix in swaying(50)]
    whole, part = followed(pictures)[cut:], followed(pictures[cut - 8 :], cut - 8)[8:]
    off = [np.abs(a[0].points - b[0].points).max() for a, b in zip(whole, part, strict=True)]
    assert max(off) < 1.2  # of 24 pixels between the eyes


def test_what_is_no_face_begins_nothing() -> None:
    assert followed([wall(seed) for seed in range(4)] * 2) == [[]] * 8
