"""The recognizer: one person's pictures are alike, two persons' are not."""

import cv2
import numpy as np

from faces.detect import Detector, Picture
from faces.recognize import SAME_PERSON, SFace, Vector, likeness, unit
from tests.portraits import astronaut, hopper


def _vector(picture: Picture) -> Vector:
    return SFace().embed(picture, Detector().detect(picture)[0].points)


def test_a_vector_has_length_one() -> None:
    vector = _vector(astronaut())
    assert vector.shape == (128,) and vector.dtype == np.float32
    assert abs(np.linalg.norm(vector) - 1) < 1e-5


def test_one_person_smaller_darker_and_mirrored_stays_herself() -> None:
    small = cv2.resize(astronaut(), None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    changed = np.ascontiguousarray((small[:, ::-1] * 0.7).astype(np.uint8))
    assert likeness(_vector(astronaut()), _vector(changed)) > 0.8


def test_two_persons_are_told_apart() -> None:
    assert likeness(_vector(astronaut()), _vector(hopper())) < SAME_PERSON - 0.15


def test_nothing_has_no_direction() -> None:
    assert not unit(np.zeros(128)).any()
