"""A run: cases one after another, findings kept apart, tried again where the service would do them, made small."""

import asyncio
import gzip
import os
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz import arena
from tests.fuzz.cases import Case, Cases
from tests.fuzz.confirm import confirm, file_of, worker
from tests.fuzz.minimize import minimized
from tests.fuzz.steps import STEPS, Outcome

_MUCH_MB = 1024  # of memory for one file: within the limits, and worth a look
_WITHOUT_END = 10**9


@dataclass
class Finding:
    """A fault, the first case that showed it, and how many did.

    Attributes:
        confirmed: What the service's own processes made of the same file.
    """

    case: Case
    outcome: Outcome
    times: int = 1
    confirmed: list[Outcome] = field(default_factory=list)
    kept: Path | None = None

    @property
    def is_real(self) -> bool:
        """Whether the service stumbles over it too."""
        return any(outcome.is_finding for outcome in self.confirmed)

    def line(self) -> str:
        served = ", ".join(f"{outcome.step}: {outcome.reason}" for outcome in self.confirmed)
        return (
            f"case {self.case.number} ({self.case.name}), {self.times} times, {self.outcome.step}: "
            f"{self.outcome.said} [{self.outcome.where}]; in the service {served}; {self.kept or 'not kept'}"
        )


@dataclass
class Report:
    """What a run found."""

    cases: int = 0
    seconds: float = 0.0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)
    largest_mb: int = 0
    large: list[int] = field(default_factory=list)

    def add(self, result: arena.Result, case: Case) -> None:
        self.cases += 1
        self.largest_mb = max(self.largest_mb, result.peak_mb)
        if result.peak_mb > _MUCH_MB:
            self.large.append(result.number)
        self.counts.update((outcome.step, outcome.reason or "untyped") for outcome in result.outcomes)
        for outcome in result.findings:
            found = self.findings.setdefault(outcome.cause, Finding(case, outcome, 0))
            found.times += 1

    def lines(self) -> list[str]:
        rate = self.cases / self.seconds if self.seconds else 0.0
        by_step = [f"{step:8} {_row(self.counts, step)}" for step in STEPS]
        real = sum(finding.is_real for finding in self.findings.values())
        return [
            f"{self.cases} cases in {self.seconds:.0f} s, {rate:.0f} a second; most memory {self.largest_mb} MB",
            *by_step,
            *(["much memory: cases " + ", ".join(map(str, self.large[:20]))] if self.large else []),
            *(finding.line() for finding in self.findings.values()),
            f"{len(self.findings)} findings, {real} of them in the service's own processes too",
        ]

    def as_json(self) -> dict[str, object]:
        return {
            "cases": self.cases,
            "seconds": round(self.seconds, 1),
            "most_memory_mb": self.largest_mb,
            "outcomes": {step: _counted(self.counts, step) for step in STEPS},
            "findings": [finding.line() for finding in self.findings.values()],
        }


def _counted(counts: Counter[tuple[str, str]], step: str) -> dict[str, int]:
    found = {reason: count for (name, reason), count in counts.items() if name == step}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _row(counts: Counter[tuple[str, str]], step: str) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in _counted(counts, step).items())


def fuzz(
    seed: int,
    made: Mapping[str, bytes],
    real: Mapping[str, bytes],
    *,
    seconds: float,
    most: int | None,
    lanes: int,
) -> Report:
    """Try cases for so long, or so many of them."""
    cases = Cases(seed, made, real)
    report, begun = Report(), time.monotonic()
    until = begun + seconds if most is None else float("inf")
    for result in arena.run(cases.case, range(most or _WITHOUT_END), lanes, until):
        report.add(result, cases.case(result.number) if result.findings else _NOTHING)
        report.seconds = time.monotonic() - begun
    return report


_NOTHING = Case(0, "", b"", 0.0)


async def examine(report: Report, corpus: Path | None) -> None:
    """Try every finding again in the service's processes, and keep a small file that shows it in `corpus`."""
    with tempfile.TemporaryDirectory(prefix="visage-fuzz-") as folder:
        for finding in report.findings.values():
            small = await asyncio.to_thread(_small, finding)
            finding.confirmed = await _served(small, finding.case, Path(folder))
            if corpus is not None:
                finding.kept = _kept(corpus, finding, small)


def _small(finding: Finding) -> bytes:
    case = finding.case
    if finding.outcome.said == "hung":
        return case.data

    def fails(data: bytes) -> bool:
        one = Case(case.number, case.name, data, case.span)
        return any(
            outcome.cause == finding.outcome.cause
            for result in arena.run(lambda number: one, range(case.number, case.number + 1), 1)
            for outcome in result.outcomes
        )

    return minimized(case.data, fails)


async def _served(data: bytes, case: Case, folder: Path) -> list[Outcome]:
    path = folder / "source"
    path.write_bytes(data)
    child = worker()
    try:
        return await confirm(file_of(path, folder / "work", case.span), child)
    finally:
        await child.stop()


def _kept(corpus: Path, finding: Finding, data: bytes) -> Path:
    corpus.mkdir(parents=True, exist_ok=True)
    place = "".join(letter if letter.isalnum() else "-" for letter in finding.outcome.cause[1])[:60].strip(
        "-"
    )
    name = Path(finding.case.name)
    path = corpus / f"{name.stem}-{finding.outcome.step}-{place}{name.suffix}.gz"
    path.write_bytes(gzip.compress(data, mtime=0))
    return path


def lanes_here() -> int:
    """One for each core."""
    return os.cpu_count() or 1
