"""Looking for people: as many pictures as there is time for, and each person once."""

from pathlib import Path

import pytest

from gateway.intake.looking import Look, LookRequest, look
from tests import pairs

FRAMES = range(pairs.CUT - 13, pairs.CUT)
SECONDS = len(FRAMES) / 30


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people, one of whom comes out from behind the other."""
    return pairs.write(tmp_path_factory.mktemp("film") / "two.mp4", FRAMES)


def found(film: Path, cpu_seconds: float) -> Look:
    return look(LookRequest(url=str(film), seconds=SECONDS, cpu_seconds=cpu_seconds))


def test_without_time_a_few_pictures_are_enough(film: Path) -> None:
    persons = found(film, 0.0).persons
    assert [person.name for person in persons] == ["person-1", "person-2"]
    assert persons[0].share == 1.0
    assert (persons[1].share * 8).is_integer()  # eight pictures, and no more: of thirteen


def test_with_time_all_of_them_are_looked_at(film: Path) -> None:
    told = found(film, 1000.0)
    assert len(told.persons) == len(told.thumbnails) == 2
    assert not (told.persons[1].share * 8).is_integer()
    assert 0.3 < told.persons[1].share < 1 == told.persons[0].share
    assert all(0 <= person.seconds <= SECONDS for person in told.persons)
