"""Intervals are as wide as theory has them, and no narrower where the same people are seen again."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from training.evaluation.intervals import counts, differences, intervals, of_mean, of_median
from training.evaluation.trial import Trial
from training.evaluation.values import PerPair, Values

PEOPLE = 400


def random() -> np.random.Generator:
    return np.random.default_rng(3)


def width(interval: tuple[float, float] | None) -> float:
    assert interval is not None
    return interval[1] - interval[0]


def test_as_many_are_drawn_as_there_are_and_all_photos_of_a_person_alike() -> None:
    drawn = counts(np.array([7, 7, 2, 5]), random())
    assert (drawn[:, 0] == drawn[:, 1]).all()
    assert (drawn[:, 1:].sum(1) == 3).all()
    assert len(np.unique(drawn, axis=0)) == 10


def test_of_normal_values_they_are_those_of_theory() -> None:
    values, weights = random().normal(5, 2, PEOPLE), counts(np.arange(PEOPLE), random())
    error = 2 * 1.96 * 2 / np.sqrt(PEOPLE)
    assert width(of_mean(values, weights)) == pytest.approx(error, rel=0.1)
    assert width(of_median(values, weights)) == pytest.approx(error * np.sqrt(np.pi / 2), rel=0.25)
    inside = of_mean(values, weights)
    assert inside is not None
    assert inside[0] < values.mean() < inside[1]


def test_more_photos_of_the_same_people_make_nothing_surer() -> None:
    values = random().normal(0, 1, PEOPLE)
    once = of_mean(values, counts(np.arange(PEOPLE), random()))
    thrice = of_mean(np.repeat(values, 3), counts(np.repeat(np.arange(PEOPLE), 3), random()))
    assert thrice == pytest.approx(once)


def test_the_median_is_that_of_the_values_drawn() -> None:
    weights = np.array([(1.0, 1.0, 1.0, 0.0)])
    assert of_median(np.array([3.0, 1.0, 2.0, 9.0]), weights) == (2, 2)
    assert of_median(np.array([3.0, 1.0, np.nan, 9.0]), weights) == (1, 1)
    assert of_mean(np.array([3.0, 1.0, 2.0, 9.0]), weights) == (2, 2)


def test_of_nothing_there_is_none() -> None:
    assert of_median(np.array([np.nan, np.nan]), np.ones((5, 2))) is None
    assert of_median(np.array([1.0, 2.0]), np.zeros((5, 2))) is None
    assert of_mean(np.array([1.0, 2.0]), np.zeros((5, 2))) is None


def trial() -> Trial:
    """As many pairs as people: each is source once and target once."""
    faces = np.arange(PEOPLE)
    return cast(
        Trial, SimpleNamespace(seed=1, people=faces, sources=list(faces), targets=list(np.roll(faces, 1)))
    )


def values(chance: np.random.Generator, better: float) -> Values:
    """Of an engine: people differ much, engines on the same people little."""
    people = random().normal(0.5, 0.1, PEOPLE)
    like = people + better + chance.normal(0, 0.01, PEOPLE)
    return Values(PerPair(like, like - 0.3, 4 - like, like > 0.5), 30 + like)


def test_engines_on_the_same_pairs_are_told_apart_more_finely_than_by_their_intervals() -> None:
    first, second = values(np.random.default_rng(1), 0.005), values(np.random.default_rng(2), 0)
    alone = [intervals(one, trial()).cosine_source_median for one in (first, second)]
    both = differences(first, second, trial())
    assert alone[0] is not None
    assert alone[1] is not None
    assert alone[0][0] < alone[1][1], "each alone could be the other"
    for found, way in (
        (both.cosine_source, 1),
        (both.cosine_target, 1),
        (both.points_percent, -1),
        (both.psnr, 1),
    ):
        assert found is not None
        assert found.mean * way == pytest.approx(0.005, abs=0.002)
        assert min(found.interval[0] * way, found.interval[1] * way) > 0
        assert width(found.interval) < width(alone[0]) / 5


def test_engines_that_differ_by_chance_differ_by_nothing() -> None:
    first, second = values(np.random.default_rng(1), 0), values(np.random.default_rng(2), 0)
    for _, found in differences(first, second, trial()):
        assert found.interval[0] < 0 < found.interval[1]


def test_pairs_in_which_one_was_not_measured_are_left_out() -> None:
    first, second = values(np.random.default_rng(1), 0.1), values(np.random.default_rng(2), 0)
    first.pairs.points_percent[:200] = np.nan
    found = differences(first, second, trial()).points_percent
    assert found is not None
    assert found.mean == pytest.approx(-0.1, abs=0.005)
    first.pairs.points_percent[:] = np.nan
    assert differences(first, second, trial()).points_percent is None
