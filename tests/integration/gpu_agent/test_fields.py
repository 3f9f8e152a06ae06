"""Interlaced films through an agent: faces are looked for in whole pictures, and the result is whole pictures."""

from pathlib import Path

import av
import numpy as np

from gpu_agent.identities import Identities
from gpu_agent.pipeline import Workshop
from media.pixels.planes import planes
from tests.integration.gpu_agent.swapping import swapped
from tests.integration.media import kinds


def test_an_agent_makes_whole_pictures_cut_or_not(tmp_path: Path) -> None:
    film, shown = kinds.make("fields_h264.mp4", tmp_path), kinds.make_moving(tmp_path)
    workshop = Workshop(Identities(), threads=1)
    cut = swapped(workshop, film, tmp_path / "cut", 0.2)
    whole = swapped(workshop, film, tmp_path / "whole", 9.0)
    assert len(cut.outcomes) > 1 == len(whole.outcomes)
    assert max(_apart(cut.out, whole.out)) < 1.5  # what two encodings of the same picture differ by
    assert np.mean(_apart(cut.out, shown)) < np.mean(_apart(film, shown)) / 2


def _apart(one: Path, other: Path) -> list[float]:
    """By how many levels the luma of each frame differs on average."""
    with av.open(str(one)) as first, av.open(str(other)) as second:
        pairs = zip(first.decode(video=0), second.decode(video=0), strict=True)
        return [float(abs(planes(a)[0].astype(int) - planes(b)[0]).mean()) for a, b in pairs]
