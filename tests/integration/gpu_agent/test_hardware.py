"""Hardware encoders: found by trying them, and used for real where they are."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from contracts.errors import Reason, WorkError
from contracts.media import MediaInfo, MediaKind, VideoStream
from contracts.settings import AgentSettings
from gpu_agent import hardware
from media.encode import SegmentWriter
from media.encoders import nvenc
from media.joining.segments import Segments
from media.spec import encode_spec

_SOURCES = {"h264_nvenc": "h264", "hevc_nvenc": "hevc", "av1_nvenc": "av1"}
_FRAMES = 12


def _written(encoder: str, part: Path) -> int:
    """Packets of a segment that was written by `encoder`."""
    video = VideoStream(
        index=0, codec=_SOURCES[encoder], pix_fmt="yuv420p", width=320, height=240,
        time_base=Fraction(1, 25), fps=Fraction(25),
    )  # fmt: skip
    info = MediaInfo(kind=MediaKind.VIDEO, container="matroska", duration_seconds=1, size=1, video=video)
    spec = encode_spec(info, hardware=[encoder])
    assert spec.encoder == encoder
    with SegmentWriter(part, spec) as writer:
        for pts in range(_FRAMES):
            writer.write(np.full((240, 320, 3), pts, np.uint8), pts)
    with Segments([part], spec.time_base) as parts:
        return sum(1 for _ in parts.packets())


@pytest.mark.parametrize("encoder", nvenc.CODECS)
def test_a_segment_is_written_or_refused_for_another_agent(encoder: str, tmp_path: Path) -> None:
    part = tmp_path / "part.nut"
    if hardware.works(encoder):
        assert _written(encoder, part) == _FRAMES
        return
    with pytest.raises(WorkError) as refused:
        _written(encoder, part)
    assert refused.value.reason is Reason.ENCODE_FAILED
    assert refused.value.retryable


async def test_what_works_is_found_in_a_process_of_its_own() -> None:
    found = await hardware._tried()
    assert found == [name for name in nvenc.CODECS if hardware.works(name)]


@pytest.mark.parametrize(
    "settings", [AgentSettings(device="cpu"), AgentSettings(device="cuda:0", hardware_encoders="off")]
)
async def test_nothing_is_tried_where_it_is_not_wanted(
    settings: AgentSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "_DEVICES", ("/dev/null",))
    assert await hardware.hardware_encoders(settings) == []
