"""A video that is longer than its headers said does not pass for a short one."""

from fractions import Fraction

import pytest

from contracts.errors import LimitError, Reason
from contracts.media import MediaInfo, MediaKind, Plan, SegmentRange, VideoStream
from contracts.tiers import TierPolicy
from scheduler.planner import check_length

_POLICY = TierPolicy(
    name="small",
    title="Small",
    weight=1,
    max_in_flight=1,
    max_height=1080,
    max_fps=60,
    max_seconds=300,
    max_bytes=10**9,
    max_jobs=1,
    retention_days=1,
)
_VIDEO = VideoStream(
    index=0, codec="h264", width=64, height=48, pix_fmt="yuv420p", time_base=Fraction(1, 1000)
)


def _check(said: float, found: float) -> None:
    info = MediaInfo(
        kind=MediaKind.VIDEO, container="matroska", duration_seconds=said, size=1000, video=_VIDEO
    )
    segments = [
        SegmentRange(index=place, start_pts=0, end_pts=None, seek_pts=0, seconds=found / 4)
        for place in range(4)
    ]
    check_length(_POLICY, info, Plan(time_base=Fraction(1, 1000), segments=segments))


@pytest.mark.parametrize(("said", "found"), [(299, 305), (299, 1), (200, 290), (1, 299)])
def test_what_the_tier_takes_passes(said: float, found: float) -> None:
    _check(said, found)


@pytest.mark.parametrize(("said", "found"), [(1, 36_000), (299, 400)])
def test_what_is_longer_than_it_said_and_than_the_tier_takes_is_refused(said: float, found: float) -> None:
    with pytest.raises(LimitError) as caught:
        _check(said, found)
    assert (caught.value.reason, caught.value.detail["value"]) == (Reason.DURATION_LIMIT, found)
