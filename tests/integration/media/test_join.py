"""A result that is not what it should be is never left behind."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from contracts.errors import Reason, WorkError
from contracts.media import SegmentRange
from contracts.notes import NoteKind
from media.encode import SegmentWriter
from media.frames import read_range
from media.joining.join import join
from media.sources.source import open_source
from tests import films
from tests.integration.media.passage import Passage, passed


@pytest.fixture
def done(tmp_path: Path) -> tuple[Path, Passage, list[Path]]:
    film = films.make("b_frames", tmp_path)
    result = passed(film, tmp_path)
    return film, result, [tmp_path / f"{span.index}.nut" for span in result.plan.segments]


def _refused(
    segments: list[Path], film: Path, result: Passage, damaged: Sequence[SegmentRange] = ()
) -> WorkError:
    with pytest.raises(WorkError) as caught:
        join(segments, film, result.out, result.spec, damaged)
    assert not result.out.exists()
    assert not caught.value.retryable
    assert caught.value.reason is Reason.RESULT_MISMATCH
    return caught.value


def test_a_missing_segment(done: tuple[Path, Passage, list[Path]]) -> None:
    film, result, segments = done
    assert "missing" in _refused([segments[0], *segments[2:]], film, result).message


def test_a_segment_given_twice(done: tuple[Path, Passage, list[Path]]) -> None:
    film, result, segments = done
    _refused([segments[0], segments[0], *segments[1:]], film, result)


def test_segments_in_the_wrong_order(done: tuple[Path, Passage, list[Path]]) -> None:
    film, result, segments = done
    _refused([segments[1], segments[0], *segments[2:]], film, result)


def test_no_segments(done: tuple[Path, Passage, list[Path]]) -> None:
    film, result, _ = done
    _refused([], film, result)


def test_a_segment_of_other_settings(done: tuple[Path, Passage, list[Path]], tmp_path: Path) -> None:
    film, result, segments = done
    other = result.spec.model_copy(
        update={"options": result.spec.options | {"profile": "baseline", "bf": "0"}}
    )
    stranger = tmp_path / "stranger.nut"
    with open_source(film) as source, SegmentWriter(stranger, other) as writer:
        for frame in read_range(source, 0, result.plan.segments[0]):
            writer.write(frame)
    assert "different settings" in _refused([stranger, *segments[1:]], film, result).message


def test_what_is_no_segment(done: tuple[Path, Passage, list[Path]], tmp_path: Path) -> None:
    film, result, segments = done
    broken = tmp_path / "broken.nut"
    broken.write_bytes(segments[0].read_bytes()[:20])
    _refused([broken, *segments[1:]], film, result)


def test_frames_that_were_damaged_may_be_missing(
    done: tuple[Path, Passage, list[Path]], tmp_path: Path
) -> None:
    film, result, segments = done
    short = tmp_path / "short.nut"
    with open_source(film) as source, SegmentWriter(short, result.spec) as writer:
        for place, frame in enumerate(read_range(source, 0, result.plan.segments[0])):
            if place not in (4, 9):
                writer.write(frame)
    first, second = result.plan.segments[:2]
    _refused([short, *segments[1:]], film, result, damaged=[second])
    report = join([short, *segments[1:]], film, result.out, result.spec, damaged=[first])
    assert report.frames == (result.plan.frames or 0) - 2
    assert [note.kind for note in report.notes] == [NoteKind.FRAMES_DAMAGED]
    assert report.notes[0].detail == {"frames": 2, "seconds": [0.133, 0.3]}


def test_headers_do_not_depend_on_threads(done: tuple[Path, Passage, list[Path]], tmp_path: Path) -> None:
    film, result, segments = done
    again = []
    for span in result.plan.segments:
        part = tmp_path / f"again{span.index}.nut"
        with (
            open_source(film) as source,
            SegmentWriter(part, result.spec, span.previous_pts, span.index + 1) as writer,
        ):
            for frame in read_range(source, 0, span, context=2):
                if frame.in_range:
                    writer.write(frame)
        again.append(part)
    assert (
        join([again[0], *segments[1:-1], again[-1]], film, result.out, result.spec).frames
        == result.plan.frames
    )


def test_pixels_and_times_can_be_written_without_a_source(
    tmp_path: Path, done: tuple[Path, Passage, list[Path]]
) -> None:
    _, result, _ = done
    spec = result.spec.model_copy(update={"fps_limit": Fraction(15)})
    part = tmp_path / "pixels.nut"
    with open_source(result.out) as source, SegmentWriter(part, spec) as writer:
        pixels = next(iter(read_range(source, 0, result.plan.segments[0]))).to_bgr()
        written = [writer.write(pixels, place * 512) for place in range(6)]
    assert written == [True, False] * 3
    assert (writer.frames, writer.first_pts, writer.last_pts) == (3, 0, 4 * 512)
