"""Two people in one film: each gets the own face, whatever they do, and a stranger none."""

from collections.abc import Sequence
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from contracts.messages import PersonRef
from faces.detect import Detector, Picture, Points
from faces.recognize import SFace, Vector
from gpu_agent.casting import Everybody, casting_of
from gpu_agent.finding import Finder
from gpu_agent.recognizing import Recognized
from gpu_agent.tracking import TrackedFace
from media.pixels.frame import Frame
from tests import pairs

COLLINS, HOPPER = 0, 1
RECOGNIZER = SFace()  # its network is loaded once


class Counting:
    """The recognizer, and how often it was asked."""

    name = "SFace"

    def __init__(self) -> None:
        self.asked = 0

    def embed(self, picture: Picture, points: Points) -> Vector:
        self.asked += 1
        return RECOGNIZER.embed(picture, points)


def person(who: str, face: int | None) -> PersonRef:
    return PersonRef(person=who, vectors=[pairs.vector(who).tolist()], face=face)


def given(
    persons: Sequence[PersonRef], frames: range, counting: Counting | None = None
) -> list[dict[str, int]]:
    """For each frame which face each person in it got."""
    finder = Finder(Fraction(1, 30), 0, Recognized(persons, counting or RECOGNIZER))
    return [_given(finder, index) for index in frames]


def _given(finder: Finder, index: int) -> dict[str, int]:
    frame = Frame(av.VideoFrame.from_ndarray(pairs.frame(index), format="bgr24"), index)
    seen = finder.see(frame)
    return {
        place.who: face.face
        for place in pairs.places(index)
        for face in seen.faces
        if place.is_near(face.points)
    }


def test_two_people_keep_their_faces_when_they_pass_and_when_a_cut_exchanges_them() -> None:
    counting = Counting()
    got = given([person(pairs.COLLINS, COLLINS), person(pairs.HOPPER, HOPPER)], range(pairs.END), counting)
    right = {pairs.COLLINS: COLLINS, pairs.HOPPER: HOPPER}
    assert [
        frame for frame, faces in enumerate(got) if any(right[who] != face for who, face in faces.items())
    ] == []
    missed = [frame for frame, faces in enumerate(got) if len(faces) < len(pairs.places(frame))]
    assert len(missed) <= 3, missed  # who comes out from behind somebody is found a little later
    assert counting.asked < pairs.END  # of twice as many faces: recognizing costs more than finding


@pytest.mark.parametrize("mapped", [pairs.COLLINS, pairs.HOPPER])
def test_who_is_not_mapped_stays_as_he_is(mapped: str) -> None:
    other = pairs.HOPPER if mapped == pairs.COLLINS else pairs.COLLINS
    for persons in ([person(mapped, 0), person(other, None)], [person(mapped, 0)]):
        got = given(persons, range(pairs.CUT - 2, pairs.CUT + 2))
        assert got == [{mapped: 0}] * 4


def test_a_poor_look_changes_nothing() -> None:
    """A face that blurs and flashes for a moment stays whose it was."""
    sharp = pairs.frame(0)
    face = TrackedFace(1, _points(sharp, pairs.COLLINS))
    blurred = np.asarray(
        cv2.GaussianBlur(cv2.convertScaleAbs(sharp, alpha=0.6, beta=90), (0, 0), 3), np.uint8
    )
    casting = Recognized([person(pairs.COLLINS, COLLINS), person(pairs.HOPPER, HOPPER)], RECOGNIZER)
    shown = [sharp, *(blurred.copy() for _ in range(4)), sharp.copy()]
    assert [casting.face_of(picture, face) for picture in shown] == [COLLINS] * 6


@pytest.mark.parametrize(
    ("known", "after"), [([pairs.COLLINS, pairs.HOPPER], HOPPER), ([pairs.COLLINS], None)]
)
def test_a_track_that_shows_somebody_else_is_somebody_elses_in_that_very_frame(
    known: list[str], after: int | None
) -> None:
    """A cut put another face in the same place, and whoever follows faces has not noticed."""
    casting = Recognized([person(who, place) for place, who in enumerate(known)], RECOGNIZER)
    shown = [*(_followed(pairs.CUT - 1, pairs.COLLINS) for _ in range(4)), _followed(pairs.CUT, pairs.HOPPER)]
    assert [casting.face_of(*one) for one in shown] == [COLLINS] * 4 + [after]


def _followed(index: int, who: str) -> tuple[Picture, TrackedFace]:
    """A frame, and somebody's face in it as part of track 1."""
    picture = pairs.frame(index)
    return picture, TrackedFace(1, _points(picture, who, index))


def _points(picture: Picture, who: str, index: int = 0) -> Points:
    (place,) = [place for place in pairs.places(index) if place.who == who]
    (found,) = [one for one in Detector().detect(picture) if place.is_near(one.points)]
    return found.points


def test_without_persons_everybody_gets_the_first_face() -> None:
    assert isinstance(casting_of([]), Everybody)
    assert isinstance(casting_of([person(pairs.COLLINS, 0)]), Recognized)
