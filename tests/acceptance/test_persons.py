"""Two people in one film get each other's face, and are never mistaken for each other."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from faces.detect import Detector, Picture
from faces.recognize import SFace, Vector, likeness
from tests import pairs
from tests.acceptance.commands import visage
from tests.acceptance.likeness import pictures
from tests.portraits import astronaut, encoded, hopper_path
from visage.stack import Stack

FRAMES = range(pairs.CUT - 6, pairs.CUT + 6)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pairs.write(tmp_path_factory.mktemp("film") / "two.mp4", FRAMES)


def vector_of(picture: Picture, place: pairs.Place | None = None) -> Vector:
    """What the recognizer makes of a picture's face, or of the one at a place."""
    found = Detector().detect(picture)
    face = next(one for one in found if place is None or place.is_near(one.points))
    return SFace().embed(picture, face.points)


def who_is(vector: Vector) -> str:
    return max((pairs.COLLINS, pairs.HOPPER), key=lambda who: likeness(vector, pairs.vector(who)))


@pytest.mark.timeout(240)
async def test_two_people_get_each_others_face(service: Stack, film: Path, tmp_path: Path) -> None:
    shown = await visage(service, "persons", film, "--pictures", tmp_path / "people", "--json")
    names = [person["name"] for person in shown["persons"]]
    assert names == ["person-1", "person-2"]
    thumbnails = {name: cv2.imread(str(tmp_path / "people" / f"{name}.jpg")) for name in names}
    name_of = {who_is(vector_of(np.asarray(thumbnails[name], np.uint8))): name for name in names}

    portraits = {pairs.COLLINS: tmp_path / "collins.png", pairs.HOPPER: hopper_path()}
    portraits[pairs.COLLINS].write_bytes(encoded(astronaut()))
    mapping = [
        *("--map", f"{name_of[pairs.COLLINS]}={portraits[pairs.HOPPER]}"),
        *("--map", f"{name_of[pairs.HOPPER]}={portraits[pairs.COLLINS]}"),
    ]
    result = tmp_path / "result.mp4"
    report = await visage(service, "swap", film, "-o", result, *mapping, "--json")

    assert report["frames"] == len(FRAMES)
    got = {
        (index, place.who): who_is(vector_of(frame, place))
        for index, frame in zip(FRAMES, pictures(result), strict=True)
        for place in pairs.places(index)
        if abs(index - pairs.CUT) <= 1
    }
    assert len(got) == 6
    other = {pairs.COLLINS: pairs.HOPPER, pairs.HOPPER: pairs.COLLINS}
    assert got == {(index, who): other[who] for index, who in got}
