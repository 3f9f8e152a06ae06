"""`python -m tests.chaos`: the long form, for `make chaos`."""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from pathlib import Path

import structlog

from tests.chaos.killer import Kill
from tests.chaos.run import chaos
from tests.chaos.scale import Scale


def main() -> int:
    """Run, print the report, and say by the exit code whether all is well."""
    options = _options()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="visage-chaos-"))
    scale = Scale(kills=options.kills, jobs=options.jobs, seed=options.seed)
    _be_quiet()
    report = asyncio.run(chaos(scale, folder, _tell))
    sys.stdout.write((json.dumps(report.as_json) if options.json else "\n".join(report.lines())) + "\n")
    if report.complaints:
        sys.stderr.write(f"The service's logs and data are in {folder}.\n")
    return 1 if report.complaints else 0


def _be_quiet() -> None:
    """That servers die and connections break is what this is about."""
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def _tell(kill: Kill) -> None:
    sys.stderr.write(f"{kill.at:7.1f} s  {kill.part} is killed{' amid work' if kill.busy else ''}\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=Scale.kills)
    parser.add_argument("--jobs", type=int, default=Scale.jobs)
    parser.add_argument("--seed", type=int, default=Scale.seed)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--folder", type=Path, help="keep everything there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
