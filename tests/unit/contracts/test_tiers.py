"""What a tier makes of a file."""

import pytest

from contracts.media import MediaKind
from contracts.tiers import TierPolicy

TIER = TierPolicy(
    name="small",
    title="Small",
    weight=1,
    max_in_flight=1,
    burst=False,
    max_height=720,
    max_fps=30,
    max_seconds=60,
    max_bytes=1000,
    max_jobs=1,
    retention_days=1,
)


@pytest.mark.parametrize(
    ("size", "kind", "result"),
    [
        ((1920, 1080), MediaKind.VIDEO, (1280, 720)),
        ((1080, 1920), MediaKind.VIDEO, (720, 1280)),
        ((1280, 720), MediaKind.VIDEO, (1280, 720)),
        ((4032, 3024), MediaKind.PICTURE, (4032, 3024)),
    ],
)
def test_videos_are_scaled_to_the_tiers_lines_and_pictures_are_not(
    size: tuple[int, int], kind: MediaKind, result: tuple[int, int]
) -> None:
    assert TIER.scaled_size(*size, kind) == result
