"""What segments are expected to cost."""

import pytest

from scheduler.estimate import CostClass, Estimates, MergeTimes, lines_class

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
    assert estimates.seconds(HERE, 1.0) == 1.0


def test_an_estimate_says_on_how_much_it_stands() -> None:
    estimates = Estimates(2.0)
    assert estimates.measured(HERE) == 0
    for _ in range(12):
        estimates.learn(HERE, 1.0, 1.0)
    assert estimates.measured(HERE) == 12
    assert estimates.measured(HERE._replace(lines=1080)) == 0


def test_the_first_measurement_replaces_the_assumption_and_ten_are_averaged() -> None:
    estimates = Estimates(100.0)
    for seconds in (1.0, 3.0):
        estimates.learn(HERE, 1.0, seconds)
    assert estimates.seconds(HERE, 1.0) == 2.0


def test_what_a_segment_takes_beyond_its_cost_is_learned_by_pool() -> None:
    estimates = Estimates(2.0)
    assert estimates.overhead("default") == 0.0
    for seconds in (0.2, 0.4, -5.0):
        estimates.learn_overhead("default", seconds)
    assert estimates.overhead("default") == pytest.approx(0.2)
    assert estimates.overhead("other") == 0.0


def test_merges_take_a_fixed_time_and_one_that_grows_with_the_source() -> None:
    assert MergeTimes.of([]).seconds(60.0) == 0.0
    assert MergeTimes.of([(10.0, 0.7)]).seconds(60.0) == pytest.approx(0.7)
    found = MergeTimes.of([(10.0, 1.5), (100.0, 6.0), (50.0, 3.5)])
    assert found.seconds(200.0) == pytest.approx(11.0)
    assert MergeTimes.of([(10.0, 5.0), (100.0, 1.0)]) == MergeTimes(3.0, 0.0)


@pytest.mark.parametrize(
    ("size", "lines"), [((1920, 1080), 1080), ((1080, 1920), 1080), ((1280, 696), 720), ((10000, 9000), 8640)]
)
def test_resolutions_fall_into_classes(size: tuple[int, int], lines: int) -> None:
    assert lines_class(*size) == lines
