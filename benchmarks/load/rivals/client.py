"""Who submits to Celery, in a process of its own: `python -m benchmarks.load.rivals.client`.

An order is a line of JSON on stdin: queue, priority, job, user, and the seconds of every segment. A line on stdout
says that it was sent.
"""

import json
import sys
from typing import Any

from celery import chain, group

from benchmarks.load.rivals.tasks import app, merge, plan, segment


def main() -> None:
    """Send orders until stdin ends."""
    for line in sys.stdin:
        order = json.loads(line)
        options = {"queue": order["queue"]} | (
            {"priority": order["priority"]} if order["priority"] is not None else {}
        )
        (_send_chain if order["chain"] else _send_segments)(order, options)
        print("sent", flush=True)


def _send_segments(order: dict[str, Any], options: dict[str, Any]) -> None:
    with app.producer_pool.acquire(block=True) as producer:
        for index, seconds in enumerate(order["seconds"]):
            parts = (order["user"], order["job"], index, seconds)
            segment.apply_async(parts, producer=producer, ignore_result=True, **options)


def _send_chain(order: dict[str, Any], options: dict[str, Any]) -> None:
    """A job as the predecessor ran it: plan, then the segments, then the merge of all."""
    user, job = order["user"], order["job"]
    parts = [
        segment.si(user, job, index, seconds).set(**options) for index, seconds in enumerate(order["seconds"])
    ]
    chain(plan.si(job).set(**options), group(parts), merge.s(job).set(**options)).apply_async()


if __name__ == "__main__":
    main()
