"""The short form of the fuzz run, and every file that a longer one stumbled over."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import seeds
from tests.fuzz.cases import Case, Cases
from tests.fuzz.formats import format_of
from tests.fuzz.minimize import minimized

_CORPUS = sorted((Path(__file__).parents[1] / "corpus").iterdir())
_SCRIPT = """
import sys
from pathlib import Path
from tests.fuzz import arena
from tests.fuzz.test_fuzz import kept
for result in arena.run(kept, range(len(sys.argv[1:])), 1):
    for outcome in result.findings:
        print(sys.argv[1:][result.number], outcome)
"""


def kept(number: int) -> Case:
    """A file of the corpus; each is planned into short segments."""
    path = _CORPUS[number]
    return Case(number, path.name, gzip.decompress(path.read_bytes()), 0.25)


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A process of its own: this one has threads, and must not fork."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=environment, check=False
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return seeds.make(tmp_path_factory.mktemp("seeds"))


def test_mutated_files_end_in_a_value_or_a_typed_error() -> None:
    done = _python("-m", "tests.fuzz", "--cases", "150", "--seed", "1", "--lanes", "1", "--made-only")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "150 cases" in done.stdout


def test_what_was_stumbled_over_once_is_not_again() -> None:
    done = _python("-c", _SCRIPT, *(path.name for path in _CORPUS))
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
    assert _CORPUS


def test_a_case_is_told_by_its_number(made: dict[str, bytes]) -> None:
    one, other = Cases(3, made, {}), Cases(3, dict(reversed(made.items())), {})
    assert [one.case(number) for number in range(40)] == [other.case(number) for number in range(40)]
    assert one.case(1).data != Cases(4, made, {}).case(1).data


def test_every_format_is_put_together_as_it_was(made: dict[str, bytes]) -> None:
    known = {name: form for name, data in made.items() if (form := format_of(data)) is not None}
    assert len(known) == len(made) - 1, "only a camera's packets have no format"
    for name, form in known.items():
        again = form.write(form.parse(made[name]))
        assert form.write(form.parse(again)) == again
        # sizes of EBML are written in one length, which files need not
        assert again == made[name] or name.endswith((".mkv", ".webm"))


def test_files_are_made_small() -> None:
    data = bytes(range(256)) * 40 + b"fault" + bytes(range(256)) * 40
    small = minimized(data, lambda smaller: b"fault" in smaller)
    assert b"fault" in small and len(small) < 300


_FAULTY = """
import os
from tests.fuzz import arena, steps, trial
from tests.fuzz.cases import Case
arena.CASE_SECONDS = 2.0
def probe(file):
    {0: lambda: None, 1: lambda: os.kill(os.getpid(), 11), 2: lambda: any(iter(int, 1)), 3: lambda: 1 / 0}[
        int(file.path.read_bytes())]()
steps._STEPS["probe"] = ((), probe)
trial.STEPS = ("probe",)
for result in arena.run(lambda number: Case(number, "", b"%d" % (number % 4), 1.0), range(6), 1):
    print(result.number, [(found.step, found.said.split(":")[0]) for found in result.findings])
"""


def test_deaths_hangs_and_errors_are_found_and_the_next_case_is_tried() -> None:
    done = _python("-c", _FAULTY)
    assert done.stdout.splitlines() == [
        "0 []",
        "1 [('probe', 'died of SIGSEGV')]",
        "2 [('probe', 'hung')]",
        "3 [('probe', 'ZeroDivisionError')]",
        "4 []",
        "5 [('probe', 'died of SIGSEGV')]",
    ], done.stderr
