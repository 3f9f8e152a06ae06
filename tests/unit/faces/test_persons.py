"""Faces sorted into people."""

import numpy as np

from faces.persons import Sighting, likeness_to, persons_of
from faces.recognize import Vector, unit

_random = np.random.default_rng(1000)
ANNA, BEN, CARA = (unit(_random.normal(size=128)) for _ in range(3))


def near(who: Vector, noise: float, seed: int) -> Vector:
    """A face of somebody, whose cosine to `who` is 1 / sqrt(1 + noise ** 2), more or less."""
    other = unit(np.random.default_rng(seed).normal(size=128))
    return unit(who + noise * other)


def seen(
    vector: Vector, picture: int, *, eyes: float = 40.0, yaw: float = 0.0, score: float = 0.9
) -> Sighting:
    return Sighting(vector, picture, eyes, yaw, score)


def test_each_person_is_found_once_and_who_is_seen_most_comes_first() -> None:
    faces = [seen(near(BEN, 0.7, place), place) for place in range(4)]
    faces += [seen(near(ANNA, 0.7, 100 + place), place) for place in range(9)]
    first, second = persons_of(faces)
    assert sorted(first.sightings) == list(range(4, 13)) and sorted(second.sightings) == list(range(4))
    assert likeness_to(ANNA, first.vectors) > 0.8 > 0.4 > likeness_to(ANNA, second.vectors)


def test_two_faces_of_one_picture_are_two_people_however_alike() -> None:
    """Twins: in each picture both of them."""
    twins = near(ANNA, 0.4, 200), near(ANNA, 0.4, 201)
    faces = [seen(near(twin, 0.2, 10 * picture), picture) for picture in range(5) for twin in twins]
    found = persons_of(faces)
    assert len(found) == 2
    for person in found:
        pictures = [faces[place].picture for place in person.sightings]
        assert len(pictures) == len(set(pictures))


def test_a_face_that_is_turned_away_joins_the_person_it_is_like() -> None:
    faces = [seen(near(ANNA, 0.5, place), place) for place in range(4)]
    faces += [seen(near(ANNA, 2.5, 50), 9, yaw=0.6), seen(near(BEN, 0.5, 51), 9)]
    anna, ben = persons_of(faces)
    assert 4 in anna.sightings and ben.sightings == (5,)
    assert anna.sightings[-1] == 4  # and is the last that one would show


def test_one_poor_look_makes_nobody_and_one_good_look_somebody() -> None:
    assert persons_of([seen(ANNA, 0, eyes=8.0)]) == []
    assert persons_of([seen(ANNA, 0, score=0.65)]) == []
    assert len(persons_of([seen(ANNA, 0)])) == 1
    assert len(persons_of([seen(ANNA, 0, eyes=8.0), seen(near(ANNA, 0.5, 1), 1, eyes=8.0)])) == 1


def test_nobody_at_all() -> None:
    assert persons_of([]) == []


def test_what_stands_for_a_person_is_little_and_covers_how_the_person_changes() -> None:
    changed = unit(ANNA + 0.6 * CARA)
    faces = [seen(near(ANNA, 0.2, place), place) for place in range(20)] + [seen(changed, 40)]
    (person,) = persons_of(faces)
    assert len(person.vectors) <= 6
    assert likeness_to(changed, person.vectors) > 0.99
    assert all(abs(float(np.linalg.norm(vector)) - 1) < 1e-5 for vector in person.vectors)
