"""Flicker: what moves is none, what trembles or flashes is."""

import numpy as np

from contracts.quality import Flicker
from faces.quality.flicker import FlickerMeter
from tests.swaps import Film, blurred, film, flashing, places, recolored, trembling


def test_a_film_is_as_calm_as_itself() -> None:
    assert measured(film()) == Flicker(median=1.0, p95=1.0, pairs=7)


def test_another_face_with_the_same_motion_does_not_flicker() -> None:
    assert measured(recolored(film())).p95 < 1.1


def test_a_trembling_face_flickers() -> None:
    found = measured(trembling(film()))
    assert found.median > 2
    assert found.p95 >= found.median


def test_a_flashing_face_flickers() -> None:
    assert measured(flashing(film())).median > 2


def test_more_trembling_is_more_flicker() -> None:
    assert measured(trembling(film(), 0.4)).median < measured(trembling(film(), 0.8)).median


def test_one_bad_frame_is_in_the_last_twentieth() -> None:
    spoiled = [*film()[:4], flashing(film(), 0.2)[4], *film()[5:]]
    found = measured(spoiled)
    assert found.median == 1.0
    assert found.p95 > 2


def test_a_blurred_face_does_not_flicker() -> None:
    assert measured(blurred(film())).p95 < 1.1


def test_a_sharper_face_does_not_flicker() -> None:
    softened = blurred(film(), 1.0)
    meter = FlickerMeter()
    for original, result, points in zip(softened, film(), places(), strict=True):
        meter.see(original, result, [points])
    found = meter.flicker()
    assert found is not None
    assert found.p95 < 1.5


def test_what_happens_beside_the_face_is_not_judged() -> None:
    noise = np.random.default_rng(1)
    beside = [picture.copy() for picture in film()]
    for picture in beside:
        picture[:, :40] = noise.integers(0, 255, (360, 40, 3))
    assert measured(beside).p95 == 1.0


def test_a_cut_is_no_flicker() -> None:
    cut = [*film()[:4], *(255 - picture for picture in film()[4:])]
    meter = FlickerMeter()
    for original, result, points in zip(cut, film(), places(), strict=True):
        meter.see(original, result, [points])
    found = meter.flicker()
    assert found is not None
    assert found.pairs == 6


def test_frames_of_different_stretches_are_not_compared() -> None:
    meter = FlickerMeter()
    for picture, points in zip(film(), places(), strict=True):
        meter.begin()
        meter.see(picture, picture, [points])
    assert meter.flicker() is None


def test_a_face_outside_the_picture_is_no_error() -> None:
    meter = FlickerMeter()
    for picture in film():
        meter.see(picture, picture, [places()[0] + 1000])
    assert meter.flicker() is None


def measured(result: Film) -> Flicker:
    meter = FlickerMeter()
    for before, after, points in zip(film(), result, places(), strict=True):
        meter.see(before, after, [points])
    found = meter.flicker()
    assert found is not None
    return found
