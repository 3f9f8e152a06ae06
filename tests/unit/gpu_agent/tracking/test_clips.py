"""Faces of real clips: none is lost, nothing else is followed, cuts are new faces."""

from fractions import Fraction
from pathlib import Path

import pytest

from gpu_agent.finding import Finder
from gpu_agent.seen import SeenFace
from media.frames import read_range
from media.sources.source import open_source
from tests.clips import task_for

MEDIA = Path(__file__).parents[5] / "shared" / "media"


def seen(name: str, frames: int | None = None) -> list[list[SeenFace]]:
    path = MEDIA / name
    if not path.exists():
        pytest.skip(f"{path} is not there: the shared clips lie beside a checkout only where Visage is made")
    task = task_for(path)
    finder = Finder(Fraction(task.time_base))
    found = []
    with open_source(path) as source:
        for frame in read_range(source, 0, task.range):
            found.append(finder.see(frame).faces)
            if len(found) == frames:
                break
    return found


def test_a_talking_face_is_in_every_frame_in_full() -> None:
    faces = seen("lp_s18_720p_talk.mp4")
    assert len(faces) == 282
    assert [[face.track for face in one if face.strength == 1] for one in faces] == [[1]] * 282


def test_hands_before_a_face_do_not_hide_it_and_are_none() -> None:
    faces = seen("asl_again_1face.mkv")
    assert [[face.track for face in one] for one in faces] == [[1]] * 77


def test_faces_of_twelve_pixels_are_followed() -> None:
    faces = seen("chaplin_bw.mp4", 96)
    assert all(faces[66:])
    assert {len(one) for one in faces} == {0, 1, 2}
