"""Fairness and cost of the service as it really runs, beside the predecessor's design on Celery and RabbitMQ.

The whole service runs on embedded servers and is driven through its HTTP API. Its agents spend declared times instead
of GPU work (engine `timed:<seconds>`), so the service is measured: gateway, NATS, PostgreSQL, scheduler, relay, agents,
merger. Every figure comes from what agents reported and from rows. A scenario is an error where a job did not end well,
or a segment was not done once, in its time, on a slot that is there. Tiers differ by weight alone (4:2:1).

- backlogged: a user of each tier, all with work waiting. `share_error` (worst window of 28 starts), `share_error_run`
  (whole run), `jain` (worst window after the first 28), `jain_run`, `gap_<user>` (most starts between two of his).
- backlogged_spread: the same with costs anywhere within 3x of their mean; shares of measured seconds.
- floods: a free user has a long video; free, pro and business users come with short jobs. `wait_segments_<user>`: from
  the queue to the first start, in segments; `free-new` is of the flooding user's own tier. `planning_ms`: from
  submission to the queue. `handover_ms`: from a slot's end to its next start, while work waits.
- flood_ratio: worst median wait under the large flood over that under the small one.
- noop: segments that cost nothing. `submit_to_merged_s` of one job; `segments_per_s` and CPU milliseconds a segment of
  a larger one, by kind of process, from submission to the end, planning and merging included.
- floor: JetStream carrying as many messages with nats-py, and nothing done about them.
- the rivals, where `make rivals` has installed them: the same loads on Celery with one FIFO queue, then with
  x-max-priority. Their segments go straight into the queue, without plan and merge; only the no-op job is
  chain(plan, group, merge).
"""

import argparse
import asyncio
import json
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.load import scenarios
from benchmarks.load.floor import floor as measure_floor
from benchmarks.load.measures import spread
from benchmarks.load.rivals import servers
from benchmarks.load.rivals.target import celery_targets
from benchmarks.load.scenarios import FLOOD, NEWCOMERS, Flooded, Scale
from benchmarks.load.target import Target
from benchmarks.load.visage_target import visage_target
from visage import logs

DEFAULT = Scale(
    slots=16, seconds=0.1, unit=40, floods=(400, 2_000), rounds=4, visit=2,
    noop=1_000, noop_jobs=1, noop_flood=2_000, noop_slots=64,
)  # fmt: skip
FULL = Scale(
    slots=16, seconds=0.1, unit=200, floods=(500, 5_000), rounds=30, visit=2,
    noop=1_000, noop_jobs=5, noop_flood=10_000, noop_slots=128,
)  # fmt: skip

Figures = dict[str, Any]


async def measure(target: Target, scale: Scale, *, thorough: bool) -> Figures:
    """Every figure of a target; `thorough` also with costs that spread."""
    figures: Figures = {"backlogged": await scenarios.backlogged(target, scale, spreading=False)}
    if thorough:
        figures["backlogged_spread"] = await scenarios.backlogged(target, scale, spreading=True)
    floods = {size: await scenarios.flooded(target, scale, size) for size in scale.floods}
    figures["floods"] = {str(size): _flooded(met, scale) for size, met in floods.items()}
    figures["flood_ratio"] = _ratio(*(floods[size] for size in scale.floods))
    figures["noop"] = await scenarios.noop(target, scale)
    return figures


def _flooded(met: Flooded, scale: Scale) -> Figures:
    waits = {
        f"wait_segments_{user}": spread(seconds, 1 / scale.seconds) for user, seconds in met.waits.items()
    }
    worst = [seconds for waited in met.waits.values() for seconds in waited]
    return {
        **waits,
        "wait_over_a_segment_ms_p99": round(1000 * (max(worst, default=0.0) - scale.seconds), 2),
        "planning_ms": spread([seconds for planned in met.planned.values() for seconds in planned], 1000),
        "handover_ms": spread(met.handovers, 1000),
    }


def _ratio(small: Flooded, large: Flooded) -> float:
    """Of the worst newcomer's median wait."""
    worst = [max(median(waits) for waits in met.waits.values() if waits) for met in (small, large)]
    return round(worst[1] / worst[0], 2)


def beside_floor(noop: Figures, floor: Figures) -> Figures:
    """No-op segments beside bare messages."""
    return {
        "segments_per_message": round(noop["segments_per_s"] / floor["messages_per_s"], 3),
        "cpu": round(noop["cpu_ms_per_segment"]["all"] / floor["cpu_ms_per_message"], 2),
    }


def compared(ours: Figures, theirs: Figures) -> Figures:
    """How many times as much a rival shows, where less is better; the other way round for segments a second."""
    flood = max(ours["floods"], key=int)
    waits = {
        f"wait_{user}": (theirs["floods"][flood], ours["floods"][flood], f"wait_segments_{user}")
        for user in NEWCOMERS
    }
    found = {
        name: a[key].get("p50", 0.0) / b[key]["p50"]
        for name, (a, b, key) in waits.items()
        if b[key].get("p50")
    }
    mine, its = ours["noop"], theirs["noop"]
    found |= {
        "share_error": theirs["backlogged"]["share_error"] / ours["backlogged"]["share_error"],
        "cpu_ms_per_segment": its["cpu_ms_per_segment"]["all"] / mine["cpu_ms_per_segment"]["all"],
        "segments_per_s": mine["segments_per_s"] / its["segments_per_s"],
        "submit_to_merged": its["submit_to_merged_s"]["p50"] / mine["submit_to_merged_s"]["p50"],
    }
    return {name: round(value, 2) for name, value in found.items()}


async def run(scale: Scale, *, thorough: bool, rivals: bool) -> Figures:
    """The report: Visage, the floor, and the rivals where they are wanted and installed."""
    report: Figures = {"scale": {"slots": scale.slots, "seconds": scale.seconds, "flooding": FLOOD}}
    async with AsyncExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="visage-load-")))
        async with visage_target(folder) as target:
            report["visage"] = await measure(target, scale, thorough=thorough)
        report["floor"] = await measure_floor(folder, scale.noop_flood)
        report["visage beside floor"] = beside_floor(report["visage"]["noop"], report["floor"])
        lacking = servers.missing()
        if not rivals or lacking:
            return report | {"rivals": lacking or "not wanted"}
        for rival in await opened.enter_async_context(celery_targets(folder / "rivals")):
            report[rival.name] = await measure(rival, scale, thorough=thorough)
            report[f"visage beside {rival.name}"] = compared(report["visage"], report[rival.name])
    return report


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object on one line")
    parser.add_argument("--full", action="store_true", help="longer runs, and costs that spread")
    parser.add_argument("--alone", action="store_true", help="leave the rivals out")
    options = parser.parse_args()
    logs.configure("console", "warning", sys.stderr)
    scale = FULL if options.full else DEFAULT
    report = asyncio.run(run(scale, thorough=options.full, rivals=not options.alone))
    print(json.dumps(report, indent=None if options.json else 2))


if __name__ == "__main__":
    main()
