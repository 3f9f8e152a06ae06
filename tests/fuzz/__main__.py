"""`python -m tests.fuzz`: the long form, for `make fuzz`."""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from pathlib import Path

import structlog

import media.ahead  # noqa: F401 - what cases need is loaded once, before processes are forked
from tests.fuzz import arena, seeds
from tests.fuzz.cases import Cases
from tests.fuzz.run import examine, fuzz, lanes_here


def main() -> int:
    """Run, print the report, and say by the exit code whether all is well."""
    options = _options()
    # That workers die and targets fail is what this is about.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory(prefix="visage-seeds-") as folder:
        made = seeds.make(Path(folder))
    real = {} if options.made_only else seeds.real()
    if options.case is not None:
        return _one(Cases(options.seed, made, real), options.case, options.out)
    report = fuzz(
        options.seed, made, real, seconds=options.minutes * 60, most=options.cases, lanes=options.lanes
    )
    asyncio.run(examine(report, options.out))
    sys.stdout.write((json.dumps(report.as_json()) if options.json else "\n".join(report.lines())) + "\n")
    return 1 if report.findings else 0


def _one(cases: Cases, number: int, out: Path | None) -> int:
    """One case again, its file kept."""
    case = cases.case(number)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / f"{number}-{case.name}").write_bytes(case.data)
    (result,) = arena.run(cases.case, range(number, number + 1), 1)
    for outcome in result.outcomes:
        sys.stdout.write(f"{outcome.step:8} {outcome.reason} {outcome.said} {outcome.where}\n")
    return 1 if result.findings else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--cases", type=int, help="so many cases, however long they take")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lanes", type=int, default=lanes_here(), help="processes at the same time")
    parser.add_argument("--case", type=int, help="only this one, said step by step")
    parser.add_argument("--made-only", action="store_true", help="leave out real clips")
    parser.add_argument("--out", type=Path, help="keep small files that show the findings there")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
