"""What segments are expected to cost."""

import pytest

from scheduler.estimate import CostClass, Estimates, lines_class

HERE = CostClass("default", "paste", 720, "libx264:fast")


def test_nothing_known_is_pessimistic() -> None:
    assert Estimates(2.0).seconds(HERE, 5.0) == 10.0


def test_measurements_replace_the_assumption_and_follow_changes() -> None:
    estimates = Estimates(2.0)
    for _ in range(30):
        estimates.learn(HERE, 5.0, 0.5)
    assert estimates.seconds(HERE, 5.0) == pytest.approx(0.5, rel=0.3)
    for _ in range(30):
        estimates.learn(HERE, 5.0, 5.0)
    assert estimates.seconds(HERE, 5.0) == pytest.approx(5.0, rel=0.1)


def test_classes_are_told_apart() -> None:
    estimates = Estimates(2.0)
    estimates.learn(HERE, 1.0, 1.0)
    assert estimates.seconds(HERE._replace(lines=1080), 1.0) == 2.0
    assert estimates.seconds(HERE, 1.0) == 1.5


def test_an_estimate_says_on_how_much_it_stands() -> None:
    estimates = Estimates(2.0)
    assert estimates.measured(HERE) == 0
    for _ in range(12):
        estimates.learn(HERE, 1.0, 1.0)
    assert estimates.measured(HERE) == 12
    assert estimates.measured(HERE._replace(lines=1080)) == 0


@pytest.mark.parametrize(
    ("size", "lines"), [((1920, 1080), 1080), ((1080, 1920), 1080), ((1280, 696), 720), ((10000, 9000), 8640)]
)
def test_resolutions_fall_into_classes(size: tuple[int, int], lines: int) -> None:
    assert lines_class(*size) == lines
