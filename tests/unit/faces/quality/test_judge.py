"""The judge sees what was done to a film: each measure is given something to complain about."""

from functools import cache

import cv2
import numpy as np
import pytest

from contracts.quality import QualityReport
from faces.detect import Detector, Picture
from faces.quality.judge import Judge
from faces.recognize import SFace, Vector
from tests.portraits import astronaut, hopper
from tests.swaps import Film, blurred, film, in_face, swapped, turned


@pytest.fixture(scope="module")
def good() -> QualityReport:
    """The report about a film that is swapped throughout."""
    return judged(film(), swapped())


def test_a_swapped_film_is_covered(good: QualityReport) -> None:
    coverage = good.coverage
    assert (coverage.frames, coverage.with_face, coverage.swapped) == (8, 8, 8)
    assert (coverage.dropped, coverage.untouched, coverage.share) == (0, 0, 1.0)


def test_a_swapped_film_looks_like_the_wanted_face(good: QualityReport) -> None:
    assert good.identity is not None
    assert good.identity.recognizer == "SFace"
    assert good.identity.before < good.identity.same_person < good.identity.lowest <= good.identity.after


def test_the_background_of_a_swapped_film_is_untouched(good: QualityReport) -> None:
    assert good.background is not None
    assert good.background.psnr == good.background.worst == 99.0


def test_nothing_is_swapped_in_the_film_itself() -> None:
    report = judged(film()[:2], film()[:2])
    assert report.coverage.untouched == 2
    assert report.coverage.share is None
    assert report.identity is report.pose is report.flicker is report.sharpness is report.color is None


def test_coding_is_no_swap() -> None:
    report = judged(film()[:2], [coarse(picture) for picture in film()[:2]])
    assert report.coverage.with_face == 0
    assert report.background is not None
    assert report.background.psnr < 35


def test_frames_left_out_of_a_swap_are_dropped() -> None:
    report = judged(film(), [*swapped()[:3], *film()[3:5], *swapped()[5:]])
    assert (report.coverage.dropped, report.coverage.swapped, report.coverage.with_face) == (2, 6, 8)


def test_a_person_who_is_swapped_elsewhere_is_dropped_where_he_is_not() -> None:
    judge = new_judge(wanted())
    for original, result in ((film()[:2], swapped()[:2]), (film()[5:], film()[5:])):
        judge.begin()
        for before, after in zip(original, result, strict=True):
            judge.see(before, after)
    coverage = judge.report().coverage
    assert (coverage.swapped, coverage.dropped, coverage.untouched) == (2, 3, 0)


def test_another_person_is_left_as_he_is() -> None:
    beside = [with_neighbor(picture) for picture in film()[:3]]
    report = judged(beside, [with_neighbor(picture) for picture in swapped()[:3]])
    assert (report.coverage.swapped, report.coverage.untouched, report.coverage.dropped) == (3, 3, 0)


def test_stretches_are_judged_apart() -> None:
    judge = new_judge(wanted())
    # At the same place, twice somebody who is swapped, then somebody else, who is not.
    for before, after in (*zip(film()[:2], swapped(), strict=False), (swapped()[1], swapped()[1])):
        judge.begin()
        judge.see(before, after)
    report = judge.report()
    assert (report.coverage.swapped, report.coverage.dropped, report.coverage.untouched) == (2, 0, 1)
    assert report.flicker is None


def test_where_a_face_was_a_frame_ago_is_no_background() -> None:
    covered = in_face(film(), lambda pictures: [np.full_like(picture, 90) for picture in pictures])
    tinted = in_face(film(), lambda pictures: [np.full_like(picture, 150) for picture in pictures])
    report = judged([film()[0], covered[0]], [swapped()[0], tinted[0]])
    assert report.background is not None
    assert report.background.worst == 99.0


def test_a_wrong_face_is_seen() -> None:
    report = judged(film()[:2], swapped()[:2], face_of(astronaut()))
    assert report.identity is not None
    assert report.identity.after < report.identity.same_person < report.identity.before


def test_a_blurred_face_is_less_sharp(good: QualityReport) -> None:
    report = judged(film()[:2], in_face(swapped(), blurred)[:2])
    assert good.sharpness is not None
    assert report.sharpness is not None
    assert report.sharpness < 0.7 * good.sharpness


def test_a_face_of_another_color_is_seen(good: QualityReport) -> None:
    report = judged(film()[:2], in_face(swapped(), bluish)[:2])
    assert good.color is not None
    assert report.color is not None
    assert report.color > good.color + 5


def test_a_turned_face_is_seen() -> None:
    little, much = (judged(film()[:3], turned(degrees)[:3]).pose for degrees in (4, 12))
    assert little is not None
    assert much is not None
    assert 2 * little.roll < much.roll
    assert 5 < much.roll < 12


def test_a_changed_background_is_seen() -> None:
    spoiled = [picture.copy() for picture in swapped()[:2]]
    spoiled[1][:40, :40] ^= 16
    report = judged(film()[:2], spoiled)
    assert report.background is not None
    assert report.background.worst < report.background.psnr < 60


@cache
def _tools() -> tuple[SFace, Detector]:
    return SFace(), Detector()


def new_judge(face: Vector) -> Judge:
    recognizer, detector = _tools()
    return Judge(recognizer, [face], detector)


def judged(original: Film, result: Film, face: Vector | None = None) -> QualityReport:
    judge = new_judge(wanted() if face is None else face)
    judge.begin()
    for before, after in zip(original, result, strict=True):
        judge.see(before, after)
    return judge.report()


def wanted() -> Vector:
    return face_of(hopper())


def face_of(portrait: Picture) -> Vector:
    recognizer, detector = _tools()
    return recognizer.embed(portrait, detector.detect(portrait)[0].points)


def coarse(picture: Picture) -> Picture:
    """As a bad JPEG."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 12])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def bluish(pictures: Film) -> Film:
    return [np.asarray(np.clip(np.add(picture, (40, 0, -40)), 0, 255), np.uint8) for picture in pictures]


def with_neighbor(picture: Picture) -> Picture:
    """Grace Hopper to the left of the picture."""
    portrait = cv2.resize(hopper(), (307, 360), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(np.hstack([portrait, picture]))
