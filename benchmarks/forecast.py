"""How far off what users are told of the future is: end of a job, and place in the queue.

Everything is told as if nobody came or left. At submission, and when 25, 50 and 75 % of a job's time are over, what
was told is kept and later held against what happened.

- eta_median: median of (predicted - actual) / actual remaining time; below 0 it took longer than was told.
- eta_off_median, eta_off_p90: the same without its sign, median and 90th percentile.
- position_off_median, position_off_p90: by how many segments the place in the queue was off.

In the simulator, on 8 slots: `known` and `unknown`: 60 users of all tiers submit a job each within ten seconds, with
equal costs, and with costs three times or down to a third of what is expected; `crowd`: 1,500 users on 32 slots, which
is beyond the horizon of the exact forecast; `coming`: users come at random for ever, to 80 % of what the slots can do.

`service`: the running service, twelve jobs of six users within some seconds, costs within three times either way; what
the gateway hears, and `quote`: what the page said before the job was submitted. Planning and merging are in its truth.

`looking`: CPU milliseconds that it takes to look ahead with so many users waiting, and the longest that others wait
for the event loop meanwhile.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.foresight.looking import looking
from benchmarks.foresight.real import real
from benchmarks.foresight.score import Figures, score
from benchmarks.foresight.simulated import Watched, closed, open_ended
from benchmarks.simulation import loads
from benchmarks.simulation.machine import Load
from visage import logs

SLOTS, SEGMENTS = 8, 20


def simulated(full: bool) -> dict[str, Figures]:
    """The loads in the simulator."""
    jobs = 600 if full else 150
    runs: dict[str, tuple[Load, int, float]] = {
        "known": (closed(60, SLOTS, SEGMENTS, loads.equal, 1), SLOTS, 2.0),
        "unknown": (closed(60, SLOTS, SEGMENTS, loads.unknown, 1), SLOTS, 2.0),
        "crowd": (closed(1_500, 32, 3, loads.unknown, 1), 32, 10.0),
        "coming": (open_ended(jobs, SLOTS, SEGMENTS, 0.8, 1), SLOTS, 5.0),
    }
    return {name: score(Watched(load, slots, every).run()) for name, (load, slots, every) in runs.items()}


async def run(full: bool) -> dict[str, Any]:
    """The report."""
    report: dict[str, Any] = dict(simulated(full))
    report["looking"] = {str(users): await looking(users) for users in (1_000, 100_000)}
    with TemporaryDirectory(prefix="visage-forecast-") as folder:
        report["service"] = await real(Path(folder), SLOTS, 120 if full else 40, 0.1)
    return report


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object on one line")
    parser.add_argument("--full", action="store_true", help="longer runs")
    options = parser.parse_args()
    logs.configure("console", "warning", sys.stderr)
    print(json.dumps(asyncio.run(run(options.full)), indent=None if options.json else 2))


if __name__ == "__main__":
    main()
