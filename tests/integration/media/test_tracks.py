"""What cameras and studios put beside the picture is in the result as it was."""

import hashlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from av.audio.frame import AudioFrame

from contracts.errors import WorkError
from contracts.notes import NoteKind
from media.containers.boxes import inner_boxes, top_boxes
from media.containers.container import main_video, open_container
from media.containers.moov import read_movie
from media.joining.chunks import read_chunks
from media.joining.grafted import packed, rewritten
from media.joining.likeness import check_picture, check_tracks
from media.joining.tracks import Tracks
from media.sources.source import open_source
from tests import films
from tests.integration.media.passage import luma, passed, psnr, sounds

_PLACES = (b"stco", b"co64")
_HOLDERS = (b"trak", b"mdia", b"minf", b"stbl")


def _moov(film: Path) -> memoryview:
    with open_source(film) as source:
        box = next(box for box in top_boxes(source) if box.kind == b"moov")
        source.seek(box.start)
        return memoryview(source.read(box.end - box.start))


def _boxes(data: memoryview) -> list[tuple[bytes, Any]]:
    """A tree of boxes, without the places of chunks."""
    return [
        (
            box.kind,
            _boxes(data[box.start : box.end]) if box.kind in _HOLDERS else bytes(data[box.start : box.end]),
        )
        for box in inner_boxes(data)
        if box.kind not in _PLACES
    ]


def _facts(film: Path) -> list[Any]:
    """What FFmpeg says of the file, its tracks and chapters; not who wrote the picture, and in which brand."""
    with open_source(film) as source, open_container(source) as container:
        tracks = [
            (stream.type, {k: v for k, v in stream.metadata.items() if k != "encoder"}, stream.disposition)
            for stream in container.streams
        ]
        tags = {name: text for name, text in container.metadata.items() if name != "compatible_brands"}
        return [tracks, tags, container.chapters(), container.duration, container.start_time]


def _heard(film: Path) -> list[tuple[Fraction, int, str]]:
    """Of each sound track: when its first sample is heard, how many follow, and their hash."""
    with open_source(film) as source, open_container(source) as container:
        count = len(container.streams.audio)
    return [_samples(film, place) for place in range(count)]


def _samples(film: Path, place: int) -> tuple[Fraction, int, str]:
    digest, count, begin = hashlib.sha256(), 0, None
    with open_source(film) as source, open_container(source) as container:
        for frame in container.decode(audio=place):
            assert isinstance(frame, AudioFrame) and frame.pts is not None and frame.time_base is not None
            begin = frame.pts * frame.time_base if begin is None else begin
            count += frame.samples
            digest.update(frame.to_ndarray().tobytes())
    assert begin is not None
    return begin, count, digest.hexdigest()


@pytest.mark.parametrize("suffix", [".mov", ".mp4"])
def test_every_other_track_is_the_same_box(suffix: str, tmp_path: Path) -> None:
    film = films.make_measured(tmp_path, suffix)
    done = passed(film, tmp_path, 0.4)
    assert len(done.plan.segments) > 1 and done.report.grafted and done.report.notes == []
    before, after = _boxes(_moov(film)), _boxes(_moov(done.out))
    assert [kind for kind, _ in before] == [kind for kind, _ in after]
    changed = [one for one, other in zip(before, after, strict=True) if one != other]
    assert [kind for kind, _ in changed] == [b"trak"]
    old, new = (dict(next(tree for kind, tree in boxes if kind == b"trak")) for boxes in (before, after))
    assert old[b"tref"] == new[b"tref"] and old[b"tkhd"] == new[b"tkhd"]
    assert dict(old[b"mdia"])[b"hdlr"] == dict(new[b"mdia"])[b"hdlr"]


@pytest.mark.parametrize("suffix", [".mov", ".mp4"])
def test_players_find_the_same_beside_the_picture(suffix: str, tmp_path: Path) -> None:
    film = films.make_measured(tmp_path, suffix)
    out = passed(film, tmp_path, 0.4).out
    assert sounds(film) == sounds(out) and len(sounds(out)) == 4
    assert _facts(film) == _facts(out)
    assert _heard(film) == _heard(out)
    pairs = list(zip(luma(film), luma(out), strict=True))
    assert all(before == after and psnr(one, other) > 40 for (before, one), (after, other) in pairs)


@pytest.mark.parametrize("wide", [False, True])
def test_samples_lie_in_the_order_of_their_times(
    wide: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("media.joining.graft._WIDE", 0 if wide else 2**32)
    done = passed(films.make_measured(tmp_path, ".mov"), tmp_path, 0.4)
    assert done.report.grafted
    with open_source(done.out) as source:
        rows = [read_chunks(track) for track in read_movie(source).tracks]
    places = sorted(
        (offset, time)
        for row in rows
        if row is not None
        for offset, time in zip(row.offsets, row.seconds, strict=True)
    )
    assert [time for _, time in places] == sorted(time for _, time in places) and len(places) > 10
    assert (b"co64" in bytes(_moov(done.out))) == wide


def test_how_a_picture_is_viewed_stays_with_it(tmp_path: Path) -> None:
    film = films.make_measured(tmp_path, ".mov")
    whole_sphere = packed(b"proj", packed(b"prhd", bytes(16)) + packed(b"equi", bytes(20)))
    view = packed(b"st3d", b"\0\0\0\0\2") + packed(b"sv3d", packed(b"svhd", b"\0\0\0\0lens\0") + whole_sphere)
    data, moov = film.read_bytes(), _moov(film)
    place = data.index(bytes(moov)) - 8
    assert place + 8 + len(moov) == len(data)  # behind the samples, which may stay where they are
    film.write_bytes(data[:place] + packed(b"moov", rewritten(moov, {b"stsd": lambda box: _with(box, view)})))
    whole = passed(film, tmp_path, 2)
    assert whole.report.notes == [] and view in bytes(_moov(whole.out))
    assert b"sv3d" not in bytes(_moov(passed(film, tmp_path, 2, size=(48, 32)).out))


def _with(descriptions: memoryview, boxes: bytes) -> tuple[bytes, bytes]:
    """A `stsd` box in which a picture's entry has these boxes, too."""
    entry = next(inner_boxes(descriptions, 8))
    content = bytes(descriptions[entry.start : entry.end])
    return b"stsd", bytes(descriptions[:8]) + packed(entry.kind, content + boxes * (entry.kind == b"avc1"))


def test_where_boxes_cannot_be_taken_over_ffmpeg_writes_what_it_knows(tmp_path: Path) -> None:
    film = films.make_measured(tmp_path, ".mov")
    elsewhere = film.read_bytes().replace(b"url \0\0\0\1", b"url \0\0\0\0")  # as if samples were
    film.write_bytes(elsewhere)
    done = passed(film, tmp_path)
    (note,) = done.report.notes
    assert note.kind is NoteKind.TRACKS_DROPPED and not done.report.grafted
    assert note.detail["tracks"] == ["subtitles 3 (eia_608)", "data 4"]
    assert _heard(film) == _heard(done.out)


def test_a_result_that_says_something_else_is_refused(tmp_path: Path) -> None:
    film = films.make_tracks(tmp_path, ".mp4")
    done = passed(film, tmp_path)
    check_picture(done.out, done.spec)
    for wrong in (
        {"codec": "hevc"},
        {"pix_fmt": "yuv422p"},
        {"width": 318},
        {"display_matrix": (0, 65536, 0, -65536, 0, 0, 0, 0, 1073741824)},
        {"sample_aspect": Fraction(4, 3)},
        {"color_primaries": 9},
        {"color_range": 2},
    ):
        with pytest.raises(WorkError):
            check_picture(done.out, done.spec.model_copy(update=wrong))


def test_a_result_whose_tracks_are_others_is_refused(tmp_path: Path) -> None:
    film = films.make_tracks(tmp_path, ".mp4")
    done = passed(film, tmp_path)
    with open_source(film) as source, open_container(source) as original:
        assert main_video(original).index == 1
        assert check_tracks(done.out, original, Tracks({0: 0, 2: 2, 3: 3}), True) == []
        with pytest.raises(WorkError):
            check_tracks(done.out, original, Tracks({0: 2, 2: 0, 3: 3}), True)
        original.metadata["title"] = "Another title"
        (note,) = check_tracks(done.out, original, Tracks({0: 0, 2: 2, 3: 3}), True)
        assert note.kind is NoteKind.TAGS_CHANGED and note.detail == {"names": ["title"]}
