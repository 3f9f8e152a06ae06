"""Where cases are tried: processes forked from a warm one, many cases each.

A case that kills its process, or outlasts its time, is told with how that went; another process goes on behind it.
"""

import json
import os
import selectors
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from contracts.settings import SandboxSettings
from tests.fuzz.cases import Case
from tests.fuzz.steps import Outcome
from tests.fuzz.trial import work

CASE_SECONDS = 20.0  # of processor time; a case that only waits has as long as the service gives it
_WALL_SECONDS = SandboxSettings().wall_seconds
_CASES_EACH = 100  # of a process: then its heap is used up enough to be no clean place
_MEMORY = Path("/dev/shm")


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
    folder: Path
    number: int
    last: int
    begun: float = field(default_factory=time.monotonic)
    spent: float = 0.0
    step: str = ""
    heard: bytes = b""
    hung: bool = False
    done: list[Outcome] = field(default_factory=list)

    def told(self, word: dict[str, str]) -> Iterator[Result]:
        """Take note of what it says; a case is done when its memory is told."""
        if "takes" in word:
            self.step = word["takes"]
        elif "peak" in word:
            yield Result(self.number, self.done, int(word["peak"]))
            self.number, self.done = self.number + 1, []
            self.begun, self.spent = time.monotonic(), _processor_seconds(self.pid)
        else:
            self.done.append(Outcome(**word))

    def end_if_hung(self) -> None:
        late = time.monotonic() - self.begun > _WALL_SECONDS
        if not self.hung and (late or _processor_seconds(self.pid) - self.spent > CASE_SECONDS):
            self.hung = True
            os.kill(self.pid, signal.SIGKILL)

    def end(self) -> Iterator[Result]:
        """What there is to tell of a process that ended before its last case did."""
        os.close(self.words)
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.number < self.last:
            said = f"died of {signal.Signals(-code).name}" if code < 0 else f"left with {code}"
            yield Result(self.number, [*self.done, Outcome(self.step, None, "hung" if self.hung else said)])


class _Lanes:
    """The processes at work."""

    def __init__(self, case: Callable[[int], Case], base: Path) -> None:
        self._case, self._base = case, base
        self._selector = selectors.DefaultSelector()

    def __len__(self) -> int:
        return len(self._selector.get_map())

    def start(self, first: int, last: int) -> None:
        ours, theirs = os.pipe()
        folder = self._base / str(first)
        pid = os.fork()
        if pid == 0:
            work(self._case, range(first, last), folder, theirs)
        os.close(theirs)
        self._selector.register(ours, selectors.EVENT_READ, _Lane(pid, ours, folder, first, last))

    def results(self) -> Iterator[Result]:
        """What is said within a second."""
        for key, _ in self._selector.select(timeout=1.0):
            yield from self._hear(key.data)
        for key in self._selector.get_map().values():
            key.data.end_if_hung()

    def _hear(self, lane: _Lane) -> Iterator[Result]:
        if said := os.read(lane.words, 2**16):
            *lines, lane.heard = (lane.heard + said).split(b"\n")
            for line in lines:
                yield from lane.told(json.loads(line))
            return
        self._selector.unregister(lane.words)
        yield from lane.end()
        if lane.number + 1 < lane.last:
            self.start(lane.number + 1, lane.last)


def run(
    case: Callable[[int], Case], numbers: range, lanes: int, until: float = float("inf")
) -> Iterator[Result]:
    """Try the cases of these numbers, `lanes` at a time; begin none after the monotonic time `until`."""
    waiting = iter(range(numbers.start, numbers.stop, _CASES_EACH))
    memory = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="visage-fuzz-", dir=memory) as base:
        running = _Lanes(case, Path(base))
        while True:
            room = lanes - len(running) if time.monotonic() < until else 0
            for first in islice(waiting, room):
                running.start(first, min(first + _CASES_EACH, numbers.stop))
            if not len(running):
                return
            yield from running.results()


def _processor_seconds(pid: int) -> float:
    """Of a process that runs, or waits to be waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
