"""Intervals are as wide as theory has them, and no narrower where the same people are seen again."""

import numpy as np
import pytest

from training.evaluation.intervals import counts, of_mean, of_median

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
