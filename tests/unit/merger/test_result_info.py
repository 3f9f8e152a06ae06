"""What is known of a result without looking at it."""

from fractions import Fraction

from contracts.media import EncodeSpec, MediaInfo, MediaKind, VideoStream
from media.previews.preview import plays_in_browser
from merger.merge import result_info

STREAM = VideoStream(
    index=0, codec="hevc", width=64, height=48, pix_fmt="yuv420p10le", time_base=Fraction(1, 30)
)
INFO = MediaInfo(kind=MediaKind.VIDEO, container="mpegts", duration_seconds=1.0, size=1, video=STREAM)
H264 = EncodeSpec(
    codec="h264", encoder="libx264", pix_fmt="yuv420p", width=64, height=48, time_base=Fraction(1, 30)
)


def test_a_result_plays_where_its_own_codec_does() -> None:
    assert not plays_in_browser(INFO)
    assert plays_in_browser(result_info(INFO, H264))


def test_a_picture_stays_what_it_is() -> None:
    picture = INFO.model_copy(update={"kind": MediaKind.PICTURE, "container": "png"})
    assert result_info(picture, H264) == picture
