"""Whatever is uploaded comes back with the same frames at the same times, all else unchanged."""

from fractions import Fraction
from pathlib import Path

import pytest

from media.containers.boxes import top_boxes
from media.containers.container import main_video, open_container
from media.sources.source import open_source
from tests import films, footage
from tests.integration.media.passage import luma, passed, probed, psnr, sounds, start

_REAL = (
    "lp_s18_720p_talk.mp4", "selfie_720x1240.mov", "no_audio_vfr.mp4", "asl_concat_44s_gop60.mp4",
    "chaplin_bw.mp4", "asl_again_1face.mkv", "no_duration.webm",
)  # fmt: skip
# Their result is of another container: times may move by the rounding of its clock, and begin at zero.
_FULL = 2
# Of the films that the matrix is made of (`make matrix`), those with times and groups of pictures that no other has.
_ODD = (
    "many_b_frames_mp4",
    "hevc_mkv_open_gop",
    "no_edit_list",
    "negative_cts",
    "no_duration_mkv",
    "sound_longer",
)
_CONVERTED = ("transport_stream", "avi")


def _check(film: Path, folder: Path, seconds: float, least: float, exact: bool = True) -> None:
    done = passed(film, folder, seconds)
    assert done.report.grafted == (film.suffix in (".mp4", ".mov") and film.stem != "fragmented")
    assert len(done.plan.segments) > 1 or done.info.duration_seconds < 2 * seconds
    # Two frames at a time: a film whole in memory would be gigabytes.
    pairs = [
        (before, after, psnr(one, other))
        for (before, one), (after, other) in zip(luma(film), luma(done.out), strict=True)
    ]
    assert len(pairs) == done.report.frames
    begin = Fraction(0) if exact else start(film)
    assert [before - begin for before, _, _ in pairs] == pytest.approx(
        [after for _, after, _ in pairs], abs=1e-6 * (not exact)
    )
    assert min(alike for _, _, alike in pairs) >= least
    if exact:
        assert sounds(film) == sounds(done.out)
    assert [[row[2] for row in rows] for rows in sounds(film).values()] == [
        [row[2] for row in rows] for rows in sounds(done.out).values()
    ]
    _check_tags(film, done.out)


def _check_tags(film: Path, out: Path) -> None:
    one, other = probed(film), probed(out)
    for field in ("rotation", "display_matrix", "sample_aspect", "bit_depth", "color_primaries", "color_trc"):
        assert getattr(one.video, field) == getattr(other.video, field), field
    assert (one.video.width, one.video.height) == (other.video.width, other.video.height)
    assert [audio.language or "und" for audio in one.audio] == [
        audio.language or "und" for audio in other.audio
    ]
    assert one.video.color_space == other.video.color_space
    assert (one.video.color_range == _FULL) == (other.video.color_range == _FULL)  # unsaid is limited
    if other.container in ("mp4", "mov"):
        with open_source(out) as source:
            kinds = [box.kind for box in top_boxes(source)]
        assert kinds.index(b"moov") < kinds.index(b"mdat")
    assert other.duration_seconds == pytest.approx(one.duration_seconds, abs=0.05)


@pytest.mark.parametrize("name", [name for name in films.FILMS if name not in _CONVERTED])
def test_a_film_keeps_frames_times_and_sound(name: str, tmp_path: Path) -> None:
    _check(films.make(name, tmp_path), tmp_path, 1.0, 40.0)


@pytest.mark.parametrize("name", _ODD)
def test_an_odd_film_keeps_frames_times_and_sound(name: str, tmp_path: Path) -> None:
    _check(films.made(name, footage.ODDITIES[name], tmp_path), tmp_path, 1.0, 40.0)


@pytest.mark.parametrize("name", _CONVERTED)
def test_a_converted_film_keeps_frames_and_sound(name: str, tmp_path: Path) -> None:
    _check(films.make(name, tmp_path), tmp_path, 1.0, 40.0, exact=False)


@pytest.mark.parametrize("name", _REAL)
def test_a_real_clip_keeps_frames_times_and_sound(name: str, tmp_path: Path) -> None:
    if not (footage.OWN / name).exists():
        pytest.skip(f"{name} is not in ../shared/media")
    _check(footage.make(name, tmp_path), tmp_path, 2.0, 42.0)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_all_tracks_tags_and_chapters_are_kept(suffix: str, tmp_path: Path) -> None:
    film = films.make_tracks(tmp_path, suffix)
    done = passed(film, tmp_path)
    assert done.report.notes == []
    assert sounds(film) == sounds(done.out)
    with (
        open_source(film) as before,
        open_source(done.out) as after,
        open_container(before) as one,
        open_container(after) as other,
    ):
        assert [stream.type for stream in one.streams] == [stream.type for stream in other.streams]
        assert [stream.language for stream in one.streams] == [stream.language for stream in other.streams]
        assert [stream.disposition for stream in one.streams] == [
            stream.disposition for stream in other.streams
        ]
        assert main_video(other).index == main_video(one).index == 1
        titles = [chapter["metadata"]["title"] for chapter in other.chapters()]
        assert titles == ["One", "Two"]
        kept = {key.lower(): value for key, value in other.metadata.items()}
        assert (kept["title"], kept["artist"]) == ("A title", "Somebody")


def test_a_limited_result_has_fewer_and_smaller_frames(tmp_path: Path) -> None:
    film = films.make("b_frames", tmp_path)
    done = passed(film, tmp_path, size=(160, 120), fps=Fraction(16))
    times = [time for time, _ in luma(film)][::2]
    assert [time for time, _ in luma(done.out)] == times
    assert {picture.shape for _, picture in luma(done.out)} == {(120, 160)}
    assert sounds(film) == sounds(done.out)
