"""Damage in the middle of a film costs the frames that it hits, and is told of."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from contracts.media import SegmentRange
from contracts.notes import NoteKind
from media.frames import read_range
from media.sources.source import open_source
from tests import films
from tests.integration.media.passage import luma, passed

_TICKS = 512  # of the film, a frame
_FRAMES = 90


def _spoilt(folder: Path, place: int, spoil: Callable[[bytes], bytes]) -> Path:
    """A film with B-frames and key frames 0, 40 and 80, a packet of which, by decoding order, is not what it was."""
    film = films.make("b_frames", folder)
    with av.open(str(film)) as container:
        packet = [packet for packet in container.demux(video=0) if packet.size][place]
        assert packet.pos is not None
        start, end = packet.pos, packet.pos + packet.size
    data = film.read_bytes()
    damaged = folder / "damaged.mp4"
    damaged.write_bytes(data[:start] + spoil(data[start:end]) + data[end:])
    return damaged


def _zeros(packet: bytes) -> bytes:
    return bytes(len(packet))


def _frames(film: Path, span: SegmentRange, threads: int) -> tuple[list[int], int]:
    with open_source(film) as source:
        reader = read_range(source, 0, span, threads=threads)
        return [frame.pts // _TICKS for frame in reader], reader.damaged


@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize(
    ("place", "missing"),
    [(12, [11]), (89, [89])],
    ids=["a frame nobody refers to", "the last packet, which is met as the decoder is emptied"],
)
def test_the_frames_around_damage_are_decoded(
    place: int, missing: list[int], threads: int, tmp_path: Path
) -> None:
    film = _spoilt(tmp_path, place, _zeros)
    whole = SegmentRange(index=0, start_pts=0, end_pts=None, seek_pts=0, frames=_FRAMES, seconds=3)
    shown, damaged = _frames(film, whole, threads)
    assert shown == [place for place in range(_FRAMES) if place not in missing]
    assert damaged == len(missing)


def test_every_frame_that_goes_with_a_damaged_key_frame_is_counted(tmp_path: Path) -> None:
    film = _spoilt(tmp_path, 40, _zeros)
    span = SegmentRange(
        index=1, start_pts=40 * _TICKS, end_pts=80 * _TICKS, seek_pts=40 * _TICKS, previous_pts=39 * _TICKS,
        frames=40, seconds=1.3,
    )  # fmt: skip
    shown, damaged = _frames(film, span, 2)
    assert shown == list(range(46, 80))  # what ffmpeg shows
    assert damaged == 6


def test_a_damaged_film_comes_back_without_the_damaged_frames_and_says_so(tmp_path: Path) -> None:
    done = passed(_spoilt(tmp_path, 12, _zeros), tmp_path)
    assert done.report.frames == len(list(luma(done.out))) == _FRAMES - 1
    (note,) = done.report.notes
    assert note.kind is NoteKind.FRAMES_DAMAGED
    assert note.detail == {"frames": 1, "seconds": [0.367]}
    assert "0:00.367" in note.text
