"""Which container a result gets."""

import pytest

from contracts.media import AudioStream, MediaInfo, MediaKind, VideoStream
from media.joining.holding import container_note, result_container


def _info(container: str, *sounds: str) -> MediaInfo:
    video = VideoStream(index=0, codec="h264", width=64, height=64, pix_fmt="yuv420p", time_base="1/30")
    audio = [AudioStream(index=1, codec=codec, sample_rate=48000, channels=2) for codec in sounds]
    return MediaInfo(
        kind=MediaKind.VIDEO, container=container, duration_seconds=1, size=1, video=video, audio=audio
    )


@pytest.mark.parametrize(
    ("container", "sounds", "result"),
    [
        ("mov", ["wmav2"], "mov"),
        ("webm", ["opus"], "webm"),
        ("avi", [], "mp4"),
        ("avi", ["pcm_s16le"], "mp4"),
        ("avi", ["pcm_mulaw"], "mov"),
        ("avi", ["wmav2"], "mp4"),
        ("mpegts", ["dts", "mp1", "ac3"], "mp4"),
        ("mpegts", ["mp1", "ac3"], "mov"),
    ],
)
def test_the_one_that_holds_most(container: str, sounds: list[str], result: str) -> None:
    assert result_container(_info(container, *sounds)) == result


def test_another_kind_of_file_is_told_of() -> None:
    assert container_note(_info("mov"), "mov") == []
    (note,) = container_note(_info("avi"), "mp4")
    assert "AVI" in note.text and "MP4" in note.text
