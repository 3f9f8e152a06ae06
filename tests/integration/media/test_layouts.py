"""Fragments and edit lists of every shape are planned as FFmpeg gives their packets, or refused."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.errors import MediaError, Reason
from media.containers.container import main_video, open_container
from media.containers.index import read_stored, walk_index
from media.frames import read_range
from media.plan import plan
from media.sources.source import open_source
from tests import films
from tests.boxes import NORMAL, PAUSE, Layout, Sample, box, fragmented, with_edits

_ENCODE = [
    "-f",
    "lavfi",
    "-i",
    "testsrc2=size=64x48:rate=30",
    "-t",
    "1.6",
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
]
_SHAPE = ["-g", "12", "-bf", "2", "-pix_fmt", "yuv420p", "-video_track_timescale", "600"]
_START = 40  # where the film's own edit list begins, in units of 1/600 s
_MANY = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """48 frames of H.264 with B-frames; the index is at the end."""
    path = tmp_path_factory.mktemp("layouts") / "film.mp4"
    films.ffmpeg([*_ENCODE, *_SHAPE, str(path)])
    return path


@pytest.fixture(scope="module")
def head(film: Path) -> bytes:
    """What a fragmented film of the same frames begins with."""
    path = film.with_name("head.mp4")
    films.ffmpeg(["-i", str(film), "-c", "copy", "-movflags", "+frag_keyframe+empty_moov", str(path)])
    data = path.read_bytes()
    return data[: data.index(b"moof") - 4]


@pytest.fixture(scope="module")
def samples(film: Path) -> list[Sample]:
    """The frames of the film."""
    with av.open(str(film), options={"ignore_editlist": "1"}) as container:
        return [
            Sample(
                bytes(packet), packet.dts, packet.pts - packet.dts, packet.duration or 20, packet.is_keyframe
            )
            for packet in container.demux(video=0)
            if packet.size and packet.dts is not None and packet.pts is not None
        ]


def _decoded(path: Path) -> list[int]:
    with open_source(path) as source, open_container(source) as container:
        return [frame.pts for frame in container.decode(main_video(container)) if frame.pts is not None]


def _in_segments(path: Path) -> list[int]:
    with open_source(path) as source:
        made = plan(source, 0.4)
        held = [[frame.pts for frame in read_range(source, 0, span, threads=1)] for span in made.segments]
    assert [len(frames) for frames in held] == [span.frames for span in made.segments]
    return [pts for frames in held for pts in frames]


_EDITS = st.lists(
    st.tuples(
        st.integers(1, 1200),
        st.one_of(st.just(PAUSE), st.just(_START), st.integers(0, 900), st.integers(-9, 1500)),
        st.sampled_from([NORMAL, NORMAL, NORMAL, NORMAL // 2, 2 * NORMAL, 0]),
    ),
    max_size=5,
)


@_MANY
@given(edits=_EDITS)
def test_an_edit_list_is_followed_or_refused(film: Path, edits: list[tuple[int, int, int]]) -> None:
    edited = film.with_name("edited.mp4")
    edited.write_bytes(with_edits(film.read_bytes(), edits))
    shown = _decoded(edited)
    try:
        assert _in_segments(edited) == shown
    except MediaError as error:
        backwards = any(after <= before for before, after in pairwise(shown))
        assert error.reason is (Reason.BAD_TIMELINE if backwards else Reason.TRUNCATED)
        assert backwards or not shown


def test_an_absurd_edit_list_is_refused(film: Path) -> None:
    edited = film.with_name("absurd.mp4")
    edited.write_bytes(with_edits(film.read_bytes(), [(1600, _START, NORMAL)] * 20_000))
    with open_source(edited) as source, pytest.raises(MediaError) as caught:
        read_stored(source, None)
    assert caught.value.reason is Reason.PROBE_LIMIT


def test_a_film_without_an_edit_list_begins_late(film: Path) -> None:
    bare = film.with_name("bare.mp4")
    films.ffmpeg(["-i", str(film), "-c", "copy", "-use_editlist", "0", str(bare)])
    assert _in_segments(bare) == _decoded(bare)
    assert _decoded(bare)[0] > 0


@st.composite
def _cuts(draw: st.DrawFn) -> list[tuple[list[int], frozenset[str], str, bool, bool]]:
    """Fragments: the lengths of their runs, and how they are written."""
    left, made = 48, []
    while left:
        runs = draw(st.lists(st.integers(1, 20), min_size=1, max_size=3))
        runs = [length for length in runs if (left := left - length) >= 0 or (left := 0)]
        each = draw(st.sampled_from([{"flags"}, {"flags", "duration"}]))
        base = draw(st.sampled_from(["moof", "absolute", "none"]))
        made.append((runs or [1], frozenset(each), base, draw(st.booleans()), draw(st.booleans())))
    return made


def _layouts(
    cuts: list[tuple[list[int], frozenset[str], str, bool, bool]], samples: list[Sample]
) -> Iterator[Layout]:
    rest = iter(samples)
    for lengths, each, base, wide, spaced in cuts:
        runs = [[sample for _, sample in zip(range(length), rest, strict=False)] for length in lengths]
        before = box(b"free", b"nothing") if spaced else b""
        if filled := [run for run in runs if run]:
            yield Layout(filled, each, base, wide, before)


@_MANY
@given(cuts=_cuts(), early=st.integers(0, 40))
def test_fragments_of_any_layout_are_planned_by_their_headers(
    film: Path,
    head: bytes,
    samples: list[Sample],
    cuts: list[tuple[list[int], frozenset[str], str, bool, bool]],
    early: int,
) -> None:
    made = film.with_name("fragments.mp4")
    moved = [Sample(one.data, one.dts, one.offset - early, one.duration, one.key) for one in samples]
    made.write_bytes(fragmented(head, list(_layouts(cuts, moved))))
    with open_source(made) as source:
        stored, walked = read_stored(source, None), walk_index(source)
    if stored is not None:  # else what fragments say depends on what was read before
        assert stored.pts.tolist() == walked.pts.tolist() and stored.keys.tolist() == walked.keys.tolist()
        assert stored.windows is not None
    assert stored is not None or early
    assert _in_segments(made) == _decoded(made)
