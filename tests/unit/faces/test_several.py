"""Further photos of a face, and what a mixed face is made of."""

import base64
from pathlib import Path

import cv2
import numpy as np
import pytest

from contracts.errors import FaceError, Reason
from faces.align import align
from faces.cutting import Cutting, cut
from faces.decode import decode_photo
from faces.detect import Detector, Picture, Points
from faces.several import AnotherRequest, KnownPhoto, MixedPhoto, MixRequest, check_another, mix
from tests.portraits import astronaut, encoded, hopper


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("photos")


def points_of(photo: Picture) -> Points:
    return Detector().detect(photo, tight=True)[0].points


def known(folder: Path, name: str, photo: Picture) -> KnownPhoto:
    path = folder / f"{name}.png"
    path.write_bytes(encoded(photo))
    return KnownPhoto(url=str(path), points=[(float(x), float(y)) for x, y in points_of(photo)])


def picture_of(found: Cutting) -> Picture:
    return decode_photo(base64.b64decode(found.jpeg))


def another_of(photo: Picture) -> Picture:
    """As if taken at another moment: nearer, turned a little, in other light."""
    matrix = cv2.getRotationMatrix2D((photo.shape[1] / 2, photo.shape[0] / 3), 7, 1.15)
    turned = cv2.warpAffine(photo, matrix, photo.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip(turned * 0.8 + 20, 0, 255), np.uint8)


def test_a_cutting_holds_what_alignment_takes_from_the_photo() -> None:
    photo = cv2.copyMakeBorder(hopper(), 0, 300, 900, 700, cv2.BORDER_REFLECT)
    points = points_of(hopper()) + np.array([900, 0], np.float32)
    part, moved = cut(photo, points)
    assert part.size < photo.size / 2
    assert np.array_equal(align(part, moved, 224, 0.5)[0], align(photo, points, 224, 0.5)[0])


def test_a_large_photo_is_reduced_with_its_points() -> None:
    photo = cv2.resize(hopper(), None, fx=5, fy=5, interpolation=cv2.INTER_CUBIC)
    part, moved = cut(photo, (points_of(hopper()) + 0.5) * 5 - 0.5)
    assert max(part.shape[:2]) == 1024
    whole, small = align(photo, (points_of(hopper()) + 0.5) * 5 - 0.5, 128)[0], align(part, moved, 128)[0]
    assert cv2.PSNR(whole, small) > 38


def test_another_photo_of_the_same_person_is_taken(folder: Path) -> None:
    photo = another_of(hopper())
    request = AnotherRequest(url=known(folder, "again", photo).url, known=[known(folder, "first", hopper())])
    reply = check_another(request)
    assert reply.likeness > 0.5
    found = picture_of(reply.cutting)
    assert np.abs(points_of(found) - np.array(reply.cutting.points)).max() < 4


def test_somebody_else_is_refused_and_marked(folder: Path) -> None:
    request = AnotherRequest(
        url=known(folder, "other", astronaut()).url, known=[known(folder, "first", hopper())]
    )
    with pytest.raises(FaceError) as caught:
        check_another(request)
    assert caught.value.reason is Reason.DIFFERENT_PERSON
    detail = caught.value.detail
    assert detail["value"] < detail["limit"]
    assert len(detail["boxes"]) == 1
    assert base64.b64decode(detail["picture"])[:2] == b"\xff\xd8"


def test_a_mixed_face_is_found_where_its_points_are(folder: Path) -> None:
    faces = [known(folder, "a", hopper()), known(folder, "b", astronaut())]
    photos = [MixedPhoto(**face.model_dump(), weight=1, whole=face is faces[0]) for face in faces]
    reply = mix(MixRequest(photos=photos))
    assert [one is None for one in reply.cuttings] == [False, True]
    picture = decode_photo(base64.b64decode(reply.picture))
    assert picture.shape == (reply.side, reply.side, 3)
    assert np.abs(points_of(picture) - np.array(reply.points)).max() < 0.04 * reply.side
    assert reply.score > 0.8
