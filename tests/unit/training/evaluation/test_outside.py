"""dlib, where it is installed; and what is said where it is not."""

import numpy as np
import pytest

from contracts.errors import Reason, WorkError
from tests.unit.training.evaluation.made import crop, darker
from training.evaluation import outside
from training.evaluation.geometry import eye_distances
from training.evaluation.outside import SAME_PERSON, Dlib
from training.evaluation.squares import TEMPLATE

POINTS = TEMPLATE.astype(np.float32)


def test_where_it_is_missing_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "find_spec", lambda name: None)
    with pytest.raises(WorkError, match=r"make evaluate.*--without-outside") as refused:
        Dlib()
    assert refused.value.reason is Reason.ENGINE_MISSING


@pytest.fixture(scope="module")
def dlib() -> Dlib:
    """The recognizer."""
    if not outside.is_installed():
        pytest.skip("dlib is not installed: `make evaluate`")
    return Dlib()


def test_it_tells_people_apart(dlib: Dlib) -> None:
    hopper, collins = (dlib.describe(crop(name), POINTS) for name in ("hopper", "collins"))
    again = dlib.describe(darker(crop("hopper")), POINTS)
    assert float(np.linalg.norm(hopper - again)) < SAME_PERSON < float(np.linalg.norm(hopper - collins))
    assert float(np.linalg.norm(dlib.embed(crop("hopper"), POINTS))) == pytest.approx(1, abs=1e-5)


def test_landmarks_lie_where_the_five_points_do(dlib: Dlib) -> None:
    found = dlib.landmarks(crop("hopper"), POINTS)
    left, right = found[36:42].mean(0), found[42:48].mean(0)
    far = 0.2 * eye_distances(POINTS[None])[0]
    for spot, wanted in (
        (left, POINTS[0]),
        (right, POINTS[1]),
        (found[48], POINTS[3]),
        (found[54], POINTS[4]),
    ):
        assert float(np.linalg.norm(spot - wanted)) < far
