"""Who is put into whom."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from contracts.errors import Reason, RequestError
from training import pack
from training.evaluation.pairs import draw

FACES = Path(__file__).resolve().parents[5] / "shared" / "faces"


@given(
    people=some.lists(some.integers(0, 6), min_size=1, max_size=40).filter(lambda found: len(set(found)) > 1),
    most=some.integers(2, 40),
    seed=some.integers(0, 5),
)
def test_nobody_gets_their_own_face(people: list[int], most: int, seed: int) -> None:
    numbers = np.unique(people, return_inverse=True)[1]
    drawn = draw(numbers, most, seed)
    assert len(drawn.pairs) == most
    assert all(numbers[pair.source] != numbers[pair.target] for pair in drawn.pairs)


def test_everybody_counts_alike_however_many_photos_there_are() -> None:
    people = np.array([0] * 20 + [1] + [2] * 3)
    drawn = draw(people, 12, seed=3)
    assert Counter(int(people[pair.source]) for pair in drawn.pairs) == {0: 4, 1: 4, 2: 4}
    assert Counter(int(people[pair.target]) for pair in drawn.pairs) == {0: 4, 1: 4, 2: 4}
    assert len({pair.source for pair in drawn.pairs if people[pair.source] == 0}) == 4


def test_the_gallery_has_a_photo_that_no_pair_uses_where_there_is_one() -> None:
    people = np.array([0, 0, 1, 2, 2, 2])
    drawn = draw(people, 60, seed=0)
    used = {row for pair in drawn.pairs for row in (pair.source, pair.target)}
    assert people[drawn.gallery].tolist() == [0, 1, 2]
    assert [row in used for row in drawn.gallery] == [False, True, False]
    assert drawn.other_photo.tolist() == [True, False, True]
    assert used | set(drawn.gallery) == set(range(6))


def test_a_seed_is_a_pairing() -> None:
    people = np.arange(20)
    assert draw(people, 30, seed=1).pairs == draw(people, 30, seed=1).pairs
    assert draw(people, 30, seed=1).pairs != draw(people, 30, seed=2).pairs


def test_one_person_cannot_be_swapped() -> None:
    with pytest.raises(RequestError, match="shows 1 people") as refused:
        draw(np.zeros(3, np.int64), 4, seed=1)
    assert refused.value.reason is Reason.INVALID


def test_pairs_of_the_real_data_set_are_of_people_whom_no_training_has_seen() -> None:
    if not (FACES / "index.csv").is_file():
        pytest.skip("../shared/faces is not there")
    faces = pack.read(FACES)
    trained = {row.identity for row in faces.rows if row.split == "train"}
    split = faces.where(lambda row: row.split == "test" and row.source != "utk")
    drawn = draw(split.identities, 400, seed=1)
    assert len(drawn.pairs) == 400
    for pair in drawn.pairs:
        source, target = split.rows[pair.source], split.rows[pair.target]
        assert source.identity != target.identity
        assert not {source.identity, target.identity} & trained
