"""Where cases are tried: processes forked from a warm one, limited as the service's workers, many cases each.

A case that kills its process, or outlasts its time, is told with how that went; another process goes on behind it.
"""

import json
import os
import selectors
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from contracts.settings import SandboxSettings
from sandbox import limits
from tests.fuzz.cases import Case
from tests.fuzz.steps import STEPS, File, Outcome, outcomes

CASE_SECONDS = 20.0
_EVERY_STEP = 8  # one case in so many takes the preview too: it costs as much as all others
_CASES_EACH = 400  # of a process: then its heap is used up enough to be no clean place


@dataclass(frozen=True)
class Result:
    """How a case went: an outcome for each step that was taken, and the most memory by then, in MB."""

    number: int
    outcomes: list[Outcome]
    peak_mb: int = 0

    @property
    def findings(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.is_finding]


@dataclass
class _Lane:
    """One process at work, and what it has said of its present case."""

    pid: int
    words: int
    number: int
    last: int
    begun: float = field(default_factory=time.monotonic)
    step: str = ""
    heard: bytes = b""
    done: list[Outcome] = field(default_factory=list)


def run(
    case: Callable[[int], Case], numbers: range, lanes: int, until: float = float("inf")
) -> Iterator[Result]:
    """Try the cases of these numbers, `lanes` at a time; stop after the monotonic time `until`."""
    waiting = iter(range(numbers.start, numbers.stop, _CASES_EACH))
    with selectors.DefaultSelector() as selector:
        for first in _take(waiting, lanes, until):
            _start(selector, case, first, min(first + _CASES_EACH, numbers.stop))
        while selector.get_map():
            for key, _ in selector.select(timeout=1.0):
                yield from _hear(selector, key.data, case)
            for lane in [key.data for key in selector.get_map().values()]:
                if time.monotonic() - lane.begun > CASE_SECONDS:
                    os.kill(lane.pid, signal.SIGKILL)
                    lane.step += " hung"
                    lane.begun = float("inf")
            for first in _take(waiting, lanes - len(selector.get_map()), until):
                _start(selector, case, first, min(first + _CASES_EACH, numbers.stop))


def _take(waiting: Iterator[int], count: int, until: float) -> list[int]:
    if time.monotonic() > until:
        return []
    return list(islice(waiting, count))


def _start(selector: selectors.BaseSelector, case: Callable[[int], Case], first: int, last: int) -> None:
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        _work(case, range(first, last), theirs)
    os.close(theirs)
    selector.register(ours, selectors.EVENT_READ, _Lane(pid, ours, first, last))


def _hear(selector: selectors.BaseSelector, lane: _Lane, case: Callable[[int], Case]) -> Iterator[Result]:
    if said := os.read(lane.words, 2**16):
        *lines, lane.heard = (lane.heard + said).split(b"\n")
        for line in lines:
            yield from _told(lane, json.loads(line))
        return
    selector.unregister(lane.words)
    os.close(lane.words)
    _, status = os.waitpid(lane.pid, 0)
    if lane.number < lane.last:
        code = os.waitstatus_to_exitcode(status)
        said = f"died of {signal.Signals(-code).name}" if code < 0 else f"left with {code}"
        said = "hung" if lane.step.endswith(" hung") else said
        yield Result(lane.number, [*lane.done, Outcome(lane.step.removesuffix(" hung"), None, said)])
        if lane.number + 1 < lane.last:
            _start(selector, case, lane.number + 1, lane.last)


def _told(lane: _Lane, word: dict[str, object]) -> Iterator[Result]:
    if "takes" in word:
        lane.step = str(word["takes"])
    elif "peak" in word:
        yield Result(lane.number, lane.done, int(str(word["peak"])))
        lane.number, lane.done, lane.begun = lane.number + 1, [], time.monotonic()
    else:
        lane.done.append(Outcome(**word))  # type: ignore[arg-type]


def _work(case: Callable[[int], Case], numbers: range, words: int) -> None:
    """In the forked process: try one after another, and say what is done before it is done."""
    try:
        _confine()
        with tempfile.TemporaryDirectory(prefix="visage-fuzz-", dir=_folder()) as folder:
            for number in numbers:
                steps = STEPS if number % _EVERY_STEP == 0 else tuple(s for s in STEPS if s != "preview")
                _try(case(number), Path(folder), steps, words)
    finally:
        os._exit(0)


def _folder() -> str | None:
    """Where files are written: memory, where there is some."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


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


def _say(words: int, word: dict[str, object]) -> None:
    os.write(words, json.dumps(word).encode() + b"\n")


def _peak_mb() -> int:
    """The most memory this process has held; forgotten then."""
    status = Path("/proc/self/status").read_text()
    Path("/proc/self/clear_refs").write_text("5")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024
