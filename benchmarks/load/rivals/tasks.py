"""The Celery application, as worker and client load it. It is told where its servers are by the environment."""

import os
import time
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import worker_ready
from kombu import Queue

BROKER, RESULTS, NOTES = "RIVAL_BROKER", "RIVAL_RESULTS", "RIVAL_NOTES"
FIFO, PRIORITY = "fifo", "priority"
READY = "ready"

app = Celery("rival", broker=os.environ[BROKER], backend=os.environ[RESULTS])
app.conf.update(
    task_queues=[Queue(FIFO), Queue(PRIORITY, queue_arguments={"x-max-priority": 10})],
    # What is not acknowledged before its end survives its worker, as Visage's segments do.
    task_acks_late=True,
    # More than one waiting at a worker would be out of reach of any order.
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
)


def note(what: str, *fields: object) -> None:
    """Append a line to this process's notes."""
    with (Path(os.environ[NOTES]) / f"{what}-{os.getpid()}").open("a") as file:
        file.write("\t".join(map(str, fields)) + "\n")


@worker_ready.connect
def _tell_ready(**_: Any) -> None:
    note(READY)


@app.task
def plan(job: str) -> None:
    """Stands for the look at the video."""


@app.task
def segment(user: str, job: str, index: int, seconds: float) -> None:
    """Hold a slot for so many seconds."""
    start = time.time()
    time.sleep(seconds)
    note("held", user, job, index, start, time.time())


@app.task
def merge(parts: list[None], job: str) -> None:
    """Stands for the join."""
    note("over", job, time.time())
