"""Mixed faces as pictures."""

import cv2
import numpy as np

from faces.align import align
from faces.detect import Detector, Picture
from faces.morph import PORTRAIT_MARGIN, morph, portrait
from faces.recognize import SFace, Vector, likeness
from tests.portraits import astronaut, hopper

_SIDE = 256


def square(photo: Picture) -> Picture:
    return align(photo, Detector().detect(photo)[0].points, _SIDE, PORTRAIT_MARGIN)[0]


def sharpness(picture: Picture) -> float:
    inner = picture[_SIDE // 4 : -_SIDE // 4, _SIDE // 4 : -_SIDE // 4]
    return float(cv2.Laplacian(cv2.cvtColor(inner, cv2.COLOR_BGR2GRAY), cv2.CV_64F).var())


def vector(photo: Picture, recognizer: SFace) -> Vector:
    return recognizer.embed(photo, Detector().detect(photo)[0].points)


def test_one_face_stays_as_it_is() -> None:
    face = square(hopper())
    assert np.array_equal(morph([face], [0.3]), face)


def test_edges_meet_where_a_plain_mean_shows_them_twice() -> None:
    # A face and itself, moved and stretched a little, as two people's faces differ after alignment.
    face = square(astronaut())
    matrix = np.array([[1.04, 0, -9], [0, 0.97, 4]], np.float64)
    other = cv2.warpAffine(face, matrix, (_SIDE, _SIDE), borderMode=cv2.BORDER_REPLICATE)
    plain = np.mean([face, other], axis=0).astype(np.uint8)
    assert sharpness(morph([face, other], [1, 1])) > 1.2 * sharpness(plain)


def test_weights_say_whom_the_mixed_face_is_like() -> None:
    faces = [square(hopper()), square(astronaut())]
    recognizer = SFace()
    first, second = (vector(portrait(morph(faces, weights)), recognizer) for weights in ([4, 1], [1, 4]))
    grace, eileen = vector(hopper(), recognizer), vector(astronaut(), recognizer)
    assert likeness(first, grace) > likeness(second, grace)
    assert likeness(second, eileen) > likeness(first, eileen)


def test_colors_are_mixed_by_weight() -> None:
    dark, light = (np.full((64, 64, 3), value, np.uint8) for value in (0, 200))
    assert np.array_equal(morph([dark, light], [1, 3]), np.full((64, 64, 3), 150, np.uint8))


def test_only_the_ratio_of_weights_counts() -> None:
    faces = [square(hopper()), square(astronaut())]
    assert np.array_equal(morph(faces, [1, 3]), morph(faces, [2, 6]))


def test_a_portrait_leaves_the_background_out() -> None:
    shown = portrait(square(hopper()))
    assert np.ptp(shown[:8].reshape(-1, 3), axis=0).max() == 0
    assert len(Detector().detect(shown)) == 1
