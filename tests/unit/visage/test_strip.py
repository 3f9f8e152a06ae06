"""The picture of what an engine does."""

import numpy as np

from gpu_agent import engines
from visage.strip import hard, strip


def test_it_shows_source_target_and_result_each_way() -> None:
    made = strip(engines.create("paste"))
    height, width = (280 * 2 + 6, 280 * 3 + 6 * 2)
    assert made.shape == (height, width, 3)
    cells = [
        [made[top : top + 280, left : left + 280].astype(int) for left in (0, 286, 572)] for top in (0, 286)
    ]
    for (source, target, result), (other, *_) in zip(cells, reversed(cells), strict=True):
        assert (target == other).all()
        moved = np.abs(result - target)
        assert moved[100:180, 100:180].mean() > 5 > moved[:, :15].max()
        assert np.abs(source - target).mean() > 20


def test_hard_targets_are_dark_or_covered() -> None:
    made = hard(engines.create("paste"))
    assert made.shape == (280 * 2 + 6, 280 * 3 + 6 * 2, 3)
    dark, covered = (made[top : top + 280, 286:566].astype(int) for top in (0, 286))
    assert dark.mean() < covered.mean() / 2
    assert (np.abs(covered - (190, 175, 140)).max(2) < 5).mean() > 0.05
