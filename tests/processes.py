"""Processes of a service under test: whether they ended, and how they are held."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil


def has_ended(process: int | psutil.Process) -> bool:
    """Whether a process, or the one of that id, has ended.

    A zombie has: where an orphan's new parent is a container's first process, nobody may ever ask how it ended.
    """
    try:
        known = psutil.Process(process) if isinstance(process, int) else process
        return not known.is_running() or known.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def workers_of(agent: int) -> list[int]:
    """Process ids of an agent's workers."""
    return [child.pid for child in psutil.Process(agent).children() if not has_ended(child)]


@contextmanager
def frozen(*pids: int) -> Iterator[None]:
    """Stop processes as a machine does that swaps for ever; what still lives at the end goes on."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
