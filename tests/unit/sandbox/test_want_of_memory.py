"""Want of memory is told from other failures, in whichever library it shows."""

import subprocess
import sys

import pytest

_SCRIPT = """
from sandbox import limits
import {library}
limits.apply(memory_mb=1024)
try:
    {call}
except Exception as error:
    print(type(error).__module__, limits.is_want_of_memory(error))
"""


@pytest.mark.parametrize(
    ("library", "call", "module"),
    [
        ("cv2", "cv2.resize(cv2.UMat(8, 8, cv2.CV_8UC3).get(), (60000, 60000))", "cv2"),
        ("numpy", "numpy.empty(2**34, numpy.uint8)", "numpy"),
        ("mmap", "mmap.mmap(-1, 2**34)", "builtins"),
    ],
)
def test_want_of_memory_is_known(library: str, call: str, module: str) -> None:
    assert _run(library, call).startswith(module) and _run(library, call).endswith(" True")


@pytest.mark.parametrize(
    ("library", "call"),
    [("cv2", "cv2.resize(cv2.UMat().get(), (1, 1))"), ("os", "os.stat('/nowhere')")],
)
def test_other_failures_are_not_taken_for_it(library: str, call: str) -> None:
    assert _run(library, call).endswith(" False")


def _run(library: str, call: str) -> str:
    script = _SCRIPT.format(library=library, call=call)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.strip()
