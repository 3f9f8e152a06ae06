"""The command line that benchmarks share."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from visage import logs

Run = Callable[[int], Coroutine[Any, Any, dict[str, Any]]]


def main(about: str | None, run: Run, megabytes: int, full: int) -> None:
    """Run a benchmark on a file of so many megabytes, or `full` of them with --full, and print its figures."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--json", action="store_true", help="print one JSON object on one line")
    parser.add_argument("--full", action="store_true", help=f"{full} MB instead of {megabytes} MB")
    options = parser.parse_args()
    logs.configure("console", "warning", sys.stderr)
    report = asyncio.run(run(full if options.full else megabytes))
    print(json.dumps(report, indent=None if options.json else 2))
