"""A quality report in words: good figures sound good, bad ones do not."""

from datetime import timedelta

import pytest

from contracts.messages import now
from contracts.quality import Background, Coverage, Flicker, Identity, PoseChange, QualityReport
from contracts.states import JobState
from gateway.site.shown.quality import quality_shown
from tests.unit.site.test_job_part import _FILE, _part
from tests.unit.site.test_shown import shown_job

GOOD = QualityReport(
    coverage=Coverage(frames=30, with_face=30, swapped=30, dropped=0, untouched=0, missing=0),
    identity=Identity(recognizer="SFace", same_person=0.363, before=0.05, after=0.62, lowest=0.55),
    pose=PoseChange(yaw=0.03, pitch=0.02, roll=1.5),
    flicker=Flicker(median=1.0, p95=1.2, pairs=29),
    sharpness=0.95,
    color=1.5,
    background=Background(psnr=46.0, worst=44.0),
)
BAD = {
    "Frames swapped": {
        "coverage": Coverage(frames=30, with_face=30, swapped=27, dropped=3, untouched=0, missing=0)
    },
    "Likeness": {
        "identity": Identity(recognizer="SFace", same_person=0.363, before=0.05, after=0.2, lowest=0.1)
    },
    "Steadiness": {"flicker": Flicker(median=2.0, p95=3.5, pairs=29)},
    "Sharpness": {"sharpness": 0.5},
    "Color": {"color": 18.0},
    "Pose": {"pose": PoseChange(yaw=0.02, pitch=0.02, roll=9.0)},
    "Around the face": {"background": Background(psnr=30.0, worst=25.0)},
}


def test_a_good_swap_is_good_in_every_respect() -> None:
    shown = quality_shown(GOOD)
    assert [measure.title for measure in shown] == list(BAD)
    assert {measure.tone for measure in shown} == {"good"}
    assert shown[0].figure == "30 of 30 frames looked at"


@pytest.mark.parametrize("title", BAD)
def test_one_bad_figure_is_warned_of(title: str) -> None:
    shown = quality_shown(GOOD.model_copy(update=BAD[title]))
    assert [measure.title for measure in shown if measure.tone == "warn"] == [title]


def test_what_could_not_be_measured_is_not_shown() -> None:
    nothing = QualityReport(
        coverage=Coverage(frames=1, with_face=0, swapped=0, dropped=0, untouched=1, missing=0),
        identity=None,
        pose=None,
        flicker=None,
        sharpness=None,
        color=None,
        background=None,
    )
    assert [measure.title for measure in quality_shown(nothing)] == ["Frames swapped"]
    assert quality_shown(None) == []


def test_the_page_of_a_finished_job_shows_it() -> None:
    text = _part(result=_FILE, quality=GOOD)
    assert "How good it is" in text and "As calm as the original" in text and "data-pending" not in text


def test_a_report_is_waited_for_a_while_and_then_no_more() -> None:
    assert "data-pending" in _part(result=_FILE)
    assert "data-pending" not in _part(result=_FILE, finished_at=now() - timedelta(minutes=10))
    assert not shown_job(JobState.DONE, finished_at=None).quality_expected
