"""The short form of the chaos test: every part of the service is killed at least once amid a load of every kind."""

from pathlib import Path

import pytest

from tests.chaos.run import chaos
from tests.chaos.scale import Scale

SHORT = Scale(kills=14, jobs=12, seed=3, slots=2)


@pytest.mark.chaos
@pytest.mark.timeout(300)
async def test_whatever_dies_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    report = await chaos(SHORT, tmp_path)

    assert report.complaints == []
    assert report.total_kills == SHORT.kills
    assert len(report.kills) == 9, "something was never killed"
    assert report.states.keys() == {"done", "cancelled", "failed"}
