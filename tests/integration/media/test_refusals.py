"""What is no usable video is refused with its reason, at the first look, in words."""

from pathlib import Path

import pytest
from PIL import Image

from contracts.errors import MediaError, Reason
from contracts.media import MediaInfo, MediaLimits
from media.probe import probe
from media.sources.source import open_source
from tests import films


def _probe(path: Path, limits: MediaLimits | None = None) -> MediaInfo:
    with open_source(path) as source:
        return probe(source, limits)


def _refused(path: Path, limits: MediaLimits | None = None) -> MediaError:
    with pytest.raises(MediaError) as caught:
        _probe(path, limits)
    assert caught.value.message.endswith(".") and "Error" not in caught.value.message
    return caught.value


def _file(folder: Path, data: bytes) -> Path:
    path = folder / "upload.mp4"
    path.write_bytes(data)
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return films.make("b_frames", tmp_path_factory.mktemp("film")).read_bytes()


@pytest.mark.parametrize(
    "data",
    [
        b"hello, this is text\n" * 500,
        b"<!DOCTYPE html><html><body><video src=x></video></body></html>" * 50,
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>' * 10,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b"PK\x03\x04" + bytes(5000),
        b"%PDF-1.7\n" + bytes(5000),
        b"\x00" * 100_000,
        b"MZ\x90\x00" + bytes(5000),
        b"\x7fELF\x02\x01\x01" + bytes(5000),
        b'<?xml version="1.0"?><MPD><Period><BaseURL>file:///etc/</BaseURL></Period></MPD>' * 5,
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 10.0.0.1\nm=video 1234 RTP/AVP 96\n" * 5,
        b"1\n00:00:00,200 --> 00:00:01,000\nHello\n\n" * 50,
        b"file '/etc/passwd'\nfile 'http://10.0.0.1/'\n",
        b"[InternetShortcut]\nURL=file:///etc/passwd\n",
        b"GIF89a" + bytes(5000),
        b"RIFF\x10\x27\x00\x00WAVEfmt " + bytes(5000),
    ],
)
def test_what_is_not_media_is_refused(data: bytes, tmp_path: Path) -> None:
    assert _refused(_file(tmp_path, data)).reason is Reason.NOT_MEDIA


@pytest.mark.parametrize(
    "data",
    [
        b"\x1a\x45\xdf\xa3" + b"\xff" * 5000,
        b"RIFF\x10\x27\x00\x00AVI " + bytes(10_008),
        b"\x00\x00\x00\x10ftypmp42\x00\x00\x00\x00\x00\x00\x00\x0fmoov" + b"\x00\x00\x00\xff" * 2,
    ],
)
def test_what_only_begins_like_media_is_damaged(data: bytes, tmp_path: Path) -> None:
    assert _refused(_file(tmp_path, data)).reason in (Reason.DAMAGED, Reason.NOT_MEDIA)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert _refused(_file(tmp_path, b"")).reason is Reason.EMPTY_FILE


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.95, 0.999])
def test_a_film_cut_short_is_refused(share: float, film: bytes, tmp_path: Path) -> None:
    assert _refused(_file(tmp_path, film[: int(len(film) * share)])).reason is Reason.TRUNCATED


@pytest.mark.parametrize("name", ["faststart_mov", "full_range_444", "avi"])
def test_other_containers_cut_short_are_refused(name: str, tmp_path: Path) -> None:
    data = films.make(name, tmp_path).read_bytes()
    assert _refused(_file(tmp_path, data[: len(data) * 2 // 3])).reason is Reason.TRUNCATED


def test_sound_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sound.m4a"
    films.ffmpeg(["-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", str(path)])
    assert _refused(path).reason is Reason.NO_VIDEO_STREAM


def test_sound_with_a_cover_is_refused(tmp_path: Path) -> None:
    cover, path = tmp_path / "cover.png", tmp_path / "sound.m4a"
    Image.new("RGB", (64, 64), "red").save(cover)
    inputs = ["-f", "lavfi", "-t", "1", "-i", "sine", "-i", str(cover), "-map", "0", "-map", "1"]
    films.ffmpeg([*inputs, "-c:a", "aac", "-c:v", "copy", "-disposition:v", "attached_pic", str(path)])
    assert _refused(path).reason is Reason.NO_VIDEO_STREAM


def test_sizes_and_lengths_beyond_the_limits_are_refused(film: bytes, tmp_path: Path) -> None:
    path = _file(tmp_path, film)
    assert _refused(path, MediaLimits(max_side=300)).reason is Reason.BAD_DIMENSIONS
    assert _refused(path, MediaLimits(max_pixels=1000)).reason is Reason.BAD_DIMENSIONS
    assert _refused(path, MediaLimits(min_side=256)).reason is Reason.BAD_DIMENSIONS
    assert _refused(path, MediaLimits(max_seconds=2)).reason is Reason.BAD_DURATION
    assert _refused(path, MediaLimits(max_streams=1)).reason is Reason.PROBE_LIMIT


def test_an_unknown_codec_is_refused(film: bytes, tmp_path: Path) -> None:
    assert _refused(_file(tmp_path, film.replace(b"avc1", b"zzzz"))).reason is Reason.UNSUPPORTED_CODEC


def test_a_reference_to_another_file_is_not_followed(film: bytes, tmp_path: Path) -> None:
    """The data reference box is turned into one that names a file, as an attacker would."""
    place = film.index(b"url \x00\x00\x00\x01")
    data = film[: place + 7] + b"\x00" + film[place + 8 :]
    info = _probe(_file(tmp_path, data))
    assert info.video.width == 320


def test_a_picture_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    Image.effect_noise((256, 256), 80).save(path)
    path.write_bytes(path.read_bytes()[:4000])
    assert _refused(path).reason is Reason.TRUNCATED
