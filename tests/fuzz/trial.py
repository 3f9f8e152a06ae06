"""The forked process: limited as the service's workers, it tries one case after another and says how each went."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from contracts.settings import SandboxSettings
from sandbox import limits
from tests.fuzz.cases import Case
from tests.fuzz.steps import STEPS, File, outcomes

_EVERY_STEP = 8  # one case in so many takes the preview too: it costs as much as all others


def work(case: Callable[[int], Case], numbers: range, folder: Path, words: int) -> NoReturn:
    """Try the cases of these numbers; what is done is said on the pipe `words` before it is done."""
    try:
        _confine()
        folder.mkdir()
        for number in numbers:
            steps = STEPS if number % _EVERY_STEP == 0 else tuple(s for s in STEPS if s != "preview")
            _try(case(number), folder, steps, words)
    finally:
        os._exit(0)


def _confine() -> None:
    limits.die_with_parent(os.getppid())
    limits.apply(memory_mb=SandboxSettings().memory_mb)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _try(case: Case, folder: Path, steps: tuple[str, ...], words: int) -> None:
    path = folder / "source"
    path.write_bytes(case.data)
    file = File(path, folder, case.span)
    for step in steps:
        _say(words, {"takes": step})
        for outcome in outcomes(file, (step,)):
            _say(words, outcome.as_json())
    _say(words, {"peak": _peak_mb()})


def _say(words: int, word: dict[str, str | None] | dict[str, str] | dict[str, int]) -> None:
    os.write(words, json.dumps(word).encode() + b"\n")


def _peak_mb() -> int:
    """The most memory this process has held; forgotten then."""
    status = Path("/proc/self/status").read_text()
    Path("/proc/self/clear_refs").write_text("5")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024
