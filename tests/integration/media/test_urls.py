"""Over HTTP everything is as from the disk, little is read, memory stays flat, and what is away is told."""

import random
import tracemalloc
from fractions import Fraction
from pathlib import Path

import av
import pytest

from contracts.errors import MediaError, Reason, UnavailableError, WorkError
from media.frames import read_range
from media.plan import plan
from media.probe import probe
from media.sources.source import open_source
from tests import films
from tests.integration.media.conftest import Ranges


def test_any_reads_give_the_files_bytes(ranges: Ranges, tmp_path: Path) -> None:
    data = random.Random(5).randbytes(3_000_001)
    (tmp_path / "data").write_bytes(data)
    chance = random.Random(6)
    with open_source(ranges.url("data")) as source:
        assert source.size == len(data)
        for _ in range(200):
            place, count = chance.randrange(3_100_000), chance.choice((0, 10, 5000, 300_000))
            source.seek(place)
            assert source.read(count) == data[place : place + count]
        source.seek(0)
        assert source.read() == data


def test_a_film_over_http_is_as_from_the_disk(ranges: Ranges, tmp_path: Path) -> None:
    film = films.make("open_gop", tmp_path)
    url = ranges.url(film.name)
    with open_source(url) as source, open_source(film) as local:
        assert probe(source).model_copy(update={"bytes_read": 0}) == probe(local).model_copy(
            update={"bytes_read": 0}
        )
    with open_source(url) as source, open_source(film) as local:
        cut = plan(source, 1.0)
        assert cut.segments == plan(local, 1.0).segments
    for span in cut.segments:
        with open_source(url) as source, open_source(film) as local:
            got = [(frame.pts, bytes(frame.video.planes[0])) for frame in read_range(source, 0, span)]
            assert got == [(frame.pts, bytes(frame.video.planes[0])) for frame in read_range(local, 0, span)]
            assert len(got) == span.frames


def _large_film(path: Path, megabytes: int) -> None:
    """Half an hour of MPEG-4 packets of noise: only the index has to make sense."""
    frames = 1800 * 30
    noise = random.Random(1).randbytes(megabytes * 10**6 // frames + 100)
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_mux_stream("mpeg4", rate=30, width=1280, height=720)
        stream.time_base = Fraction(1, 15360)
        for place in range(frames):
            packet = av.Packet(noise[place % 97 :])
            packet.stream, packet.time_base = stream, stream.time_base
            packet.pts = packet.dts = place * 512
            packet.duration, packet.is_keyframe = 512, place % 60 == 0
            container.mux(packet)


def test_planning_half_a_gigabyte_reads_little_and_holds_little(ranges: Ranges, tmp_path: Path) -> None:
    film = tmp_path / "large.mp4"
    _large_film(film, 500)
    assert film.stat().st_size > 500 * 10**6
    tracemalloc.start()
    try:
        with open_source(ranges.url("large.mp4")) as source:
            cut = plan(source, 5.0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    film.unlink()
    assert cut.frames == 1800 * 30
    assert sum(span.frames or 0 for span in cut.segments) == cut.frames
    assert ranges.sent == cut.bytes_read < 600_000
    assert peak < 64 * 2**20


def test_short_failures_are_waited_out(ranges: Ranges, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"x" * 300_000)
    with open_source(ranges.url("data")) as source:
        ranges.failures = 2
        assert source.read(300_000) == b"x" * 300_000


def test_a_missing_object_is_told_without_its_address(ranges: Ranges) -> None:
    with pytest.raises(WorkError) as caught:
        open_source(ranges.url("nothing"))
    assert caught.value.reason is Reason.OBJECT_MISSING
    assert "secret" not in str(caught.value)


def test_an_absent_server_is_unavailable(ranges: Ranges, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.sources.ranges._RETRIES", 0)
    with pytest.raises(UnavailableError):
        open_source("http://127.0.0.1:9/data")


def test_an_empty_object_is_an_empty_file(ranges: Ranges, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"")
    with open_source(ranges.url("data")) as source, pytest.raises(MediaError) as caught:
        probe(source)
    assert caught.value.reason is Reason.EMPTY_FILE


def test_a_server_lost_while_reading_is_unavailable_not_bad_media(ranges: Ranges, tmp_path: Path) -> None:
    film = films.make("b_frames", tmp_path)
    with open_source(ranges.url(film.name)) as source:
        film.unlink()
        with pytest.raises(WorkError) as caught:
            probe(source)
    assert caught.value.reason is Reason.OBJECT_MISSING
