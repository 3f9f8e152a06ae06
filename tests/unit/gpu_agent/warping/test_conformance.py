"""What every warper has to do. A new one is a line in `_WARPERS`."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from faces.align import transform
from gpu_agent.warping import CpuWarper, View, Warper
from tests.portraits import astronaut


def _grid() -> Warper:
    pytest.importorskip("torch", reason="torch is not installed: make torch")
    from gpu_agent.warping.grid import GridWarper

    return GridWarper("cpu")


_WARPERS: Mapping[str, Callable[[], Warper]] = {"opencv": CpuWarper, "grid": _grid}


@pytest.fixture(params=list(_WARPERS))
def warper(request: pytest.FixtureRequest) -> Warper:
    return _WARPERS[request.param]()


def turned(scale: float, angle: float, x: float, y: float) -> np.ndarray:
    """The matrix that brings the picture's (x, y) to the middle of a square of 48."""
    linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.column_stack([linear, (24, 24) - linear @ (x, y)])


VIEWS = [turned(0.2, 0.0, 230, 130), turned(0.9, 0.3, 230, 130), turned(2.3, -2.0, 100, 300)]


def test_nothing_becomes_nothing(warper: Warper) -> None:
    assert warper.squares([], 48).shape == (0, 48, 48, 3)


def test_a_ramp_shows_where_each_pixel_comes_from(warper: Warper) -> None:
    rows, columns = np.mgrid[:200, :250]
    picture = np.stack([columns, rows, (rows + columns) // 2], 2).astype(np.uint8)
    matrix = turned(0.8, 0.4, 120, 90)
    square = warper.squares([View(picture, matrix)], 48)[0].astype(float)
    for u, v in ((0, 0), (47, 3), (24, 24), (10, 40)):
        ((x, y),) = transform(np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2], [(u, v)])
        assert np.abs(square[v, u] - (x, y, (x + y) / 2)).max() <= 1.0


def test_beyond_the_picture_its_edge_goes_on(warper: Warper) -> None:
    picture = np.full((40, 40, 3), (10, 90, 200), np.uint8)
    for place in ((0, 0), (-300, 20), (39, 500)):
        assert (warper.squares([View(picture, turned(1.0, 0.5, *place))], 48) == (10, 90, 200)).all()


def test_what_is_made_smaller_does_not_alias(warper: Warper) -> None:
    stripes = np.zeros((400, 400, 3), np.uint8)
    stripes[:, ::2] = 255
    square = warper.squares([View(stripes, turned(0.1, 0.0, 200, 200))], 40)[0].astype(int)
    assert np.abs(square[:, 5:] - 127).max() <= 2  # the first columns lie beyond the picture


def test_several_are_cut_as_each_alone_and_the_picture_stays(warper: Warper) -> None:
    before = astronaut().copy()
    together = warper.squares([View(astronaut(), matrix) for matrix in VIEWS], 48)
    alone = [warper.squares([View(astronaut(), matrix)], 48)[0] for matrix in VIEWS]
    assert (together == np.stack(alone)).all() and (astronaut() == before).all()


def test_all_agree() -> None:
    views = [View(astronaut(), matrix) for matrix in VIEWS]
    made = [make().squares(views, 48).astype(int) for make in _WARPERS.values()]
    for other in made[1:]:
        off = np.abs(other - made[0])
        # OpenCV places samples to 1/32 pixel, which tells at sharp edges.
        assert off.mean() < 0.5 and np.percentile(off, 99) <= 3
