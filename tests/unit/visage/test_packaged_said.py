"""What the command line says of the networks that come with Visage."""

from pathlib import Path

import pytest
from tests.packages import put, small

from contracts import packaged
from visage.commands.weights import packaged_lines
from visage.doctor.faces import networks
from visage.doctor.finding import State


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what comes with Visage, empty."""
    monkeypatch.setattr(packaged, "FOLDER", tmp_path)
    return tmp_path


def test_each_is_listed_with_whom_it_is_for(folder: Path) -> None:
    assert list(packaged_lines()) == []
    put(folder, "compact", "research")
    put(folder, "compact-clean", "clean")
    first, second = packaged_lines()
    assert first.startswith("The engine compact ") and first.endswith(packaged.FOR_RESEARCH)
    assert second.startswith("The engine compact:clean ") and second.endswith("A business may use it.")


def test_the_doctor_tries_each_and_misses_what_should_be_there(folder: Path) -> None:
    (missing,) = networks()
    assert missing.state is State.BROKEN and "compact" in missing.detail
    small(folder)
    small(folder, "compact-clean", "clean")
    first, second = networks()
    assert first.state is State.WORKS and packaged.FOR_RESEARCH in first.detail
    assert second.state is State.WORKS and packaged.FOR_RESEARCH not in second.detail
