"""Looking for people: as many pictures as there is time for, and each person once."""

from pathlib import Path

import pytest

from gateway.intake.looking import Look, LookRequest, look
from tests import pairs

SECONDS = pairs.END / 30


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people who pass each other, and whom a cut exchanges: one of them is hidden for a while."""
    return pairs.write(tmp_path_factory.mktemp("film") / "two.mp4")


def found(film: Path, cpu_seconds: float) -> Look:
    return look(LookRequest(url=str(film), seconds=SECONDS, cpu_seconds=cpu_seconds))


def test_without_time_a_few_pictures_are_enough(film: Path) -> None:
    persons = found(film, 0.0).persons
    assert [person.name for person in persons] == ["person-1", "person-2"]
    assert persons[0].share == 1.0
    assert (persons[1].share * 8).is_integer()  # eight pictures, and no more


def test_with_time_all_of_them_are_looked_at(film: Path) -> None:
    told = found(film, 1000.0)
    assert len(told.persons) == len(told.thumbnails) == 2
    assert not (told.persons[1].share * 8).is_integer()
    assert 0.6 < told.persons[1].share < 1 == told.persons[0].share
    assert all(0 <= person.seconds <= SECONDS for person in told.persons)
