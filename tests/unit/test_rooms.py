"""The suite goes on where a process of it dies."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = {
    "test_a.py": "import os\ndef test_fine(): ...\ndef test_dies(): os._exit(1)\ndef test_after(): ...\n",
    "test_b.py": "import os\ndef test_dies(): os._exit(1)\n",
    "test_c.py": "def test_one(): ...\ndef test_two(): ...\n",
}
CONFTEST = """
from tests.rooms import Rooms

def pytest_xdist_make_scheduler(config, log):
    return Rooms(config, log)
"""


def test_only_the_tests_that_a_process_dies_in_are_lost(tmp_path: Path) -> None:
    """Both processes die, one while the other's replacement may still be collecting."""
    for name, text in {**FILES, "conftest.py": CONFTEST, "pytest.ini": "[pytest]\n"}.items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "-p", "no:cacheprovider", "-rA"],
        cwd=tmp_path,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_PLUGINS": "xdist",
        },
        capture_output=True,
        text=True,
    )
    outcomes = sorted(
        line.split(" - ")[0] for line in done.stdout.splitlines() if line.startswith(("PASSED", "FAILED"))
    )
    assert outcomes == [
        "FAILED test_a.py::test_dies", "FAILED test_b.py::test_dies",
        "PASSED test_a.py::test_after", "PASSED test_a.py::test_fine",
        "PASSED test_c.py::test_one", "PASSED test_c.py::test_two",
    ], done.stdout  # fmt: skip
    assert "2 failed, 4 passed" in done.stdout
