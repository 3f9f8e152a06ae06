"""`run.json`: what runs on a data folder, for the command line and for tests."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel

from contracts.errors import Reason, RequestError
from visage.embedded.secrets import write_private


class RunningProcess(BaseModel):
    """One server or actor. `health` is the address of an actor's /healthz, /readyz and /metrics."""

    pid: int
    health: str | None = None


class RunFile(BaseModel):
    """What runs.

    Attributes:
        url: The page's address.
        pid: The supervisor's process.
        started_at: When it was started, UTC.
        processes: Everything it keeps running, by name.
    """

    url: str
    pid: int
    started_at: datetime
    processes: dict[str, RunningProcess]


def write(data: Path, running: RunFile) -> None:
    """Replace `run.json` in one step."""
    write_private(data / "run.json", running.model_dump_json(indent=2) + "\n")


def remove(data: Path) -> None:
    """Nothing runs any more."""
    (data / "run.json").unlink(missing_ok=True)


def read(data: Path) -> RunFile | None:
    """What runs on `data`; None where nothing does, also after a crash."""
    path = data / "run.json"
    if not path.exists() or not is_locked(data):
        return None
    return RunFile.model_validate_json(path.read_bytes())


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold `data` for this supervisor; the kernel gives it back however we end.

    Raises:
        RequestError: CONFLICT, where another supervisor runs on it.
    """
    descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _try_lock(descriptor):
            raise RequestError(Reason.CONFLICT, _taken(data), data=str(data))
        yield
    finally:
        os.close(descriptor)


def is_locked(data: Path) -> bool:
    """Whether a supervisor runs on `data`."""
    try:
        descriptor = os.open(data / "lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _try_lock(descriptor)
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _taken(data: Path) -> str:
    running = read(data)
    where = f" Its page is at {running.url}." if running else ""
    return f"Visage already runs on {data}.{where} Stop it first, or set VISAGE_DATA to another folder."
