"""Faces of real clips: none is lost, nothing else is followed, cuts are new faces, and swaps are calm."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import pytest

from faces.detect import Detector
from faces.quality.flicker import FlickerMeter
from gpu_agent.engines.base import Photo
from gpu_agent.engines.paste import PasteEngine
from gpu_agent.finding import Finder
from gpu_agent.seen import Seen, SeenFace
from gpu_agent.swapping import swapped
from media.frames import read_range
from media.pixels.frame import Frame
from media.sources.source import open_source
from tests.clips import task_for
from tests.portraits import hopper

MEDIA = Path(__file__).parents[5] / "shared" / "media"


def found(name: str, count: int | None = None) -> Iterator[Seen[Frame]]:
    """The first frames of a clip, all by default, with their faces."""
    path = MEDIA / name
    if not path.exists():
        pytest.skip(f"{path} is not there: the shared clips lie beside a checkout only where Visage is made")
    task = task_for(path)
    finder = Finder(Fraction(task.time_base))
    with open_source(path) as source:
        yield from map(finder.see, islice(read_range(source, 0, task.range), count))


def seen(name: str, count: int | None = None) -> list[list[SeenFace]]:
    return [one.faces for one in found(name, count)]


def test_a_talking_face_is_in_every_frame_in_full() -> None:
    faces = seen("lp_s18_720p_talk.mp4")
    assert len(faces) == 282
    assert [[face.track for face in one if face.strength == 1] for one in faces] == [[1]] * 282


def test_a_swapped_face_is_nearly_as_calm_as_the_original() -> None:
    engine = PasteEngine()
    identity = engine.prepare([Photo(hopper(), Detector().detect(hopper())[0].points)])
    film = list(found("lp_s18_720p_talk.mp4", 40))
    originals = [one.frame.to_bgr().copy() for one in film]
    meter = FlickerMeter()
    for original, one in zip(originals, swapped(film, engine, [identity]), strict=True):
        meter.see(original, one.frame.to_bgr(), [face.points for face in one.faces])
    flicker = meter.flicker()
    assert flicker is not None
    assert flicker.pairs == 39 and flicker.p95 <= 2.0


def test_hands_before_a_face_do_not_hide_it_and_are_none() -> None:
    faces = seen("asl_again_1face.mkv")
    assert [[face.track for face in one] for one in faces] == [[1]] * 77


def test_faces_of_twelve_pixels_are_followed() -> None:
    faces = seen("chaplin_bw.mp4", 96)
    assert all(faces[66:])
    assert {len(one) for one in faces} == {0, 1, 2}
