"""What each container's own index says of a video, next to its packets; and the work copies of those without."""

from pathlib import Path

import numpy as np
import pytest

from contracts.errors import MediaError, Reason
from media.containers import remux as remuxing
from media.containers.index import read_stored, walk_index
from media.containers.remux import remux
from media.frames import read_range
from media.plan import plan
from media.probe import probe
from media.sources.source import Source, open_source
from tests import films
from tests.integration.media.conftest import Ranges

_INPUT = ["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=30", "-t", "2"]
_X264 = ["-c:v", "libx264", "-preset", "veryfast", "-g", "15", "-bf", "2", "-pix_fmt", "yuv420p"]
_VP9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "15"]
_VP8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-g", "15"]
_OPEN = ["-x264-params", "open-gop=1:keyint=12:bframes=3:scenecut=0"]


def _film(folder: Path, name: str, arguments: list[str]) -> Path:
    films.ffmpeg([*_INPUT, *arguments, str(folder / name)])
    return folder / name


def _in_segments(source: Source, seconds: float) -> list[int]:
    made = plan(source, seconds, every_frame=False)
    return [
        frame.pts
        for span in made.segments
        for frame in read_range(source, made.stream_index, span, threads=1)
    ]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("sidx.mp4", [*_X264, "-movflags", "+dash+global_sidx+frag_keyframe+empty_moov"]),
        ("each.mp4", [*_X264, "-movflags", "+frag_every_frame+empty_moov+default_base_moof"]),
        ("cmaf.mp4", [*_X264, "-movflags", "+cmaf+frag_keyframe"]),
        ("late.mov", [*_X264, "-movflags", "+frag_keyframe+empty_moov+delay_moov", "-output_ts_offset", "3"]),
        ("straight.avi", ["-c:v", "mpeg4", "-g", "15"]),
        ("holes.avi", ["-c:v", "mjpeg", "-vf", r"select=not(eq(mod(n\,7)\,3))", "-fps_mode", "vfr"]),
    ],
)
def test_an_index_of_every_frame_is_what_the_packets_say(
    name: str, arguments: list[str], tmp_path: Path
) -> None:
    with open_source(_film(tmp_path, name, arguments)) as source:
        stored, walked = read_stored(source, None), walk_index(source)
        assert stored is not None and (stored.windows is not None) == (not name.endswith(".avi"))
        assert (stored.stream_index, stored.time_base) == (walked.stream_index, walked.time_base)
        assert np.array_equal(stored.pts, walked.pts) and np.array_equal(stored.keys, walked.keys)
        assert _in_segments(source, 0.5) == walked.pts.tolist()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("closed.mkv", _X264),
        ("open.mkv", ["-c:v", "libx264", *_OPEN]),
        ("front.mkv", [*_X264, "-reserve_index_space", "5000"]),
        ("vp9.webm", _VP9),
    ],
)
def test_cues_are_the_key_frames(name: str, arguments: list[str], tmp_path: Path) -> None:
    with open_source(_film(tmp_path, name, arguments)) as source:
        cues, walked = read_stored(source, 0.5), walk_index(source)
        assert cues is not None and not cues.whole
        assert (cues.stream_index, cues.time_base) == (walked.stream_index, walked.time_base)
        assert np.array_equal(cues.pts, walked.keys)
        assert plan(source, 0.5, every_frame=False).frames is None
        assert _in_segments(source, 0.5) == walked.pts.tolist()
        assert plan(source, 0.5).frames == len(walked.pts)


def test_cues_that_are_missing_or_far_apart_are_no_index(tmp_path: Path) -> None:
    sparse = _film(tmp_path, "sparse.mkv", ["-c:v", "libx264", "-preset", "veryfast", "-g", "250"])
    live = _film(tmp_path, "live.mkv", [*_X264, "-f", "matroska", "-live", "1"])
    for film in (sparse, live):
        with open_source(film) as source:
            assert read_stored(source, 0.5) is None
            assert len(plan(source, 0.5, every_frame=False).segments) > 1


def test_frames_that_avi_reorders_are_walked(tmp_path: Path) -> None:
    with open_source(_film(tmp_path, "film.avi", ["-c:v", "mpeg4", "-g", "15", "-bf", "2"])) as source:
        assert read_stored(source, None) is None
        assert _in_segments(source, 0.5) == walk_index(source).pts.tolist()


def test_frames_that_avi_says_no_times_of_are_refused(tmp_path: Path) -> None:
    film = _film(tmp_path, "film.avi", _X264)
    with open_source(film) as source, pytest.raises(MediaError) as caught:
        probe(source)
    assert caught.value.reason is Reason.BAD_TIMELINE
    straight = _film(
        tmp_path, "straight.avi", ["-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-g", "15"]
    )
    with open_source(straight) as source:
        assert _in_segments(source, 0.5) == walk_index(source).pts.tolist()


def test_a_plan_by_index_and_its_segments_read_little(ranges: Ranges, tmp_path: Path) -> None:
    noise = ["-vf", "noise=alls=100:allf=t", "-qp", "4", "-g", "10"]
    for name, arguments in (
        ("film.mp4", ["-movflags", "+frag_keyframe+empty_moov+default_base_moof"]),
        ("film.mkv", []),
    ):
        film = _film(tmp_path, name, ["-c:v", "libx264", "-preset", "ultrafast", *noise, *arguments])
        with open_source(ranges.url(name), 4096) as source:
            made = plan(source, 0.5, every_frame=False)
            assert len(made.segments) >= 3 and made.bytes_read < film.stat().st_size / 10
            before = source.bytes_read
            assert len(list(read_range(source, 0, made.segments[2], threads=1))) in (10, 20)
            assert source.bytes_read - before < film.stat().st_size * 0.75


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files are copied too."""
    monkeypatch.setattr(remuxing, "_WORTH_BYTES", 0)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("film.ts", _X264),
        ("open.ts", ["-c:v", "libx264", *_OPEN]),
        ("mpeg2.ts", ["-c:v", "mpeg2video", "-bf", "2", "-g", "15"]),
        ("packets192.m2ts", _X264),
        ("far.ts", [*_X264, "-output_ts_offset", "50000"]),
        ("after_wrap.ts", [*_X264, "-output_ts_offset", "95450"]),
        ("live.mkv", [*_X264, "-f", "matroska", "-live", "1"]),
        ("vp9.webm", [*_VP9, "-live", "1"]),
        ("vp8.webm", [*_VP8, "-live", "1"]),
    ],
)
def test_a_work_copy_has_the_same_frames_at_the_same_times(
    name: str, arguments: list[str], eager: None, tmp_path: Path
) -> None:
    film, copy = _film(tmp_path, name, arguments), tmp_path / "work"
    with open_source(film) as source:
        walked = walk_index(source)
        assert remux(source, copy, 0.5)
    with open_source(copy) as source:
        made = plan(source, 0.5, every_frame=False)
        assert made.time_base == walked.time_base and len(made.segments) > 1
        assert _in_segments(source, 0.5) == walked.pts.tolist()


def test_a_recording_that_begins_in_the_middle(tmp_path: Path) -> None:
    data = _film(tmp_path, "film.ts", _X264).read_bytes()
    cut, copy = tmp_path / "cut.ts", tmp_path / "work"
    cut.write_bytes(data[188 * (len(data) // 188 // 3) :])
    with open_source(cut) as source:
        walked = walk_index(source)
        assert remux(source, copy, 0.5)
    with open_source(copy) as source:
        stored = read_stored(source, None)
        assert stored is not None and np.array_equal(stored.pts, walked.pts)
        assert _in_segments(source, 0.5) == walked.pts.tolist()


def test_a_clock_that_wraps_around_in_the_film_leaves_it_as_it_is(tmp_path: Path) -> None:
    film, copy = _film(tmp_path, "wrap.ts", [*_X264, "-output_ts_offset", "95442"]), tmp_path / "work"
    with open_source(film) as source:
        assert not remux(source, copy, 0.5) and not copy.exists()
        assert _in_segments(source, 0.5) == walk_index(source).pts.tolist()


def test_a_clock_that_goes_back_is_refused(tmp_path: Path) -> None:
    data = _film(tmp_path, "film.ts", _X264).read_bytes()
    (tmp_path / "twice.ts").write_bytes(data + data)
    with open_source(tmp_path / "twice.ts") as source, pytest.raises(MediaError) as caught:
        remux(source, tmp_path / "work", 0.5)
    assert caught.value.reason is Reason.BAD_TIMELINE
