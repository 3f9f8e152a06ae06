"""Extreme files work, hostile ones are refused in words: through everything that the service does with a file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.errors import Reason
from tests.fuzz import seeds
from tests.fuzz.steps import File, Outcome, outcomes
from tests.integration.media import hostile
from tests.integration.media.hostile import Made

Builder = Callable[[Path, Made], bytes]

_STEPS = ("probe", "copy", "plan", "spec", "segment", "poster")
_WORKS: list[Builder] = [
    hostile.frame_of_8k,
    hostile.at_240_a_second,
    hostile.at_1000_a_second,
    hostile.ten_hours,
    hostile.one_frame,
    hostile.of_odd_size,
    hostile.changing_size,
    hostile.frames_missing,
    hostile.packets_damaged,
    hostile.behind_five_sounds,
    hostile.without_rate,
    hostile.picture_named_mp4,
    hostile.said_to_last_ten_hours,
    hostile.said_to_last_a_moment,
    hostile.cyclic_edits,
    hostile.referring_elsewhere,
    hostile.lasting_nan,
    hostile.lasting_endlessly,
    hostile.without_timescale,
    hostile.without_movie_timescale,
]
_REFUSED: list[tuple[Builder, set[Reason]]] = [
    (hostile.thirteen_hours, {Reason.BAD_DURATION}),
    (hostile.tiny, {Reason.BAD_DIMENSIONS}),
    (hostile.single_pixel, {Reason.BAD_DIMENSIONS}),
    (hostile.single_pixel_picture, {Reason.BAD_DIMENSIONS}),
    (hostile.frame_bomb, {Reason.DAMAGED, Reason.BAD_DIMENSIONS}),
    (hostile.of_no_size, {Reason.BAD_DIMENSIONS, Reason.DAMAGED}),
    (hostile.thousands_of_tracks, {Reason.PROBE_LIMIT}),
    (hostile.thousands_of_entries, {Reason.PROBE_LIMIT}),
    (hostile.with_alias, {Reason.DAMAGED}),
    (hostile.encrypted, {Reason.ENCRYPTED}),
    (hostile.encrypted_webm, {Reason.ENCRYPTED}),
    (hostile.scrambled, {Reason.ENCRYPTED}),
    (hostile.noise_in_packets, {Reason.NO_VIDEO_STREAM, Reason.DAMAGED}),
    (hostile.subtitles_alone, {Reason.NO_VIDEO_STREAM}),
    (hostile.naming_millions_of_frames, {Reason.PROBE_LIMIT, Reason.DAMAGED}),
    (hostile.png_bomb, {Reason.BAD_DIMENSIONS}),
    (hostile.jpeg_bomb, {Reason.BAD_DIMENSIONS}),
    (hostile.webp_bomb, {Reason.BAD_DIMENSIONS}),
    (hostile.avif_bomb, {Reason.BAD_DIMENSIONS, Reason.NOT_A_PICTURE, Reason.TRUNCATED}),
]
# Players differ over these. What matters is that there is a value or a reason.
_EITHER = [
    hostile.naming_a_huge_index,
    hostile.at_the_end_of_time,
    hostile.fragments_at_the_end_of_time,
    hostile.at_no_rate,
    hostile.at_absurd_rate,
    hostile.at_absurdly_low_rate,
    hostile.in_no_units,
    hostile.of_huge_elements,
    hostile.words_bomb,
    hostile.profile_bomb,
    hostile.webp_of_two_sizes,
    pytest.param(
        hostile.huge_exif,
        marks=pytest.mark.filterwarnings("ignore:Corrupt EXIF data"),  # that is what it is
        id="huge_exif",
    ),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return seeds.make(tmp_path_factory.mktemp("seeds"))


def _outcomes(build: Builder, made: Made, folder: Path) -> tuple[File, dict[str, Outcome]]:
    path = folder / "upload.mp4"
    path.write_bytes(build(folder, made))
    file = File(path, folder, 2.0)
    return file, {outcome.step: outcome for outcome in outcomes(file, (*_STEPS, "photo"))}


@pytest.mark.parametrize("build", _WORKS, ids=lambda build: build.__name__)
def test_what_is_extreme_works(build: Builder, made: Made, tmp_path: Path) -> None:
    _, found = _outcomes(build, made, tmp_path)
    assert {step: (found[step].reason, found[step].said) for step in _STEPS} == dict.fromkeys(
        _STEPS, ("ok", "")
    )


@pytest.mark.parametrize(("build", "reasons"), _REFUSED, ids=lambda value: getattr(value, "__name__", ""))
def test_what_cannot_be_used_is_refused_in_words(
    build: Builder, reasons: set[Reason], made: Made, tmp_path: Path
) -> None:
    _, found = _outcomes(build, made, tmp_path)
    assert found["probe"].reason in reasons, found["probe"]
    assert found["probe"].said.endswith(".") and "Error" not in found["probe"].said
    assert not [outcome for outcome in found.values() if outcome.is_finding]


@pytest.mark.parametrize("build", _EITHER, ids=lambda build: build.__name__)
def test_whatever_else_is_odd_ends_in_a_value_or_a_reason(build: Builder, made: Made, tmp_path: Path) -> None:
    _, found = _outcomes(build, made, tmp_path)
    assert not [outcome for outcome in found.values() if outcome.is_finding]


@pytest.mark.parametrize(
    ("build", "seconds"),
    [
        (hostile.ten_hours, 36_000),
        (hostile.said_to_last_ten_hours, 1.2),
        (hostile.said_to_last_a_moment, 36_000),
    ],
)
def test_a_video_lasts_as_long_as_its_frames_whatever_it_says(
    build: Builder, seconds: float, made: Made, tmp_path: Path
) -> None:
    file, _ = _outcomes(build, made, tmp_path)
    assert file.info is not None and file.plan is not None
    assert file.info.duration_seconds == pytest.approx(seconds, rel=0.3)
    assert sum(span.seconds for span in file.plan.segments) == pytest.approx(
        file.info.duration_seconds, rel=0.1
    )
