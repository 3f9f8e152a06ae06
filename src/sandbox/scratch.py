"""Where a process keeps what workers write, until it is stored. What killed processes left is removed."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOCK = "lock"


@contextmanager
def scratch_folder(base: Path) -> Iterator[Path]:
    """A folder of one's own under `base`, removed at the end; those of dead processes are removed first.

    A folder is its owner's for as long as its lock is held, which the kernel gives up when the owner dies.
    """
    base.mkdir(parents=True, exist_ok=True)
    folder = base.resolve() / f"work-{os.getpid()}-{os.urandom(3).hex()}"
    with (base / _LOCK).open("w") as house:
        fcntl.flock(house, fcntl.LOCK_EX)
        _sweep(base)
        folder.mkdir(mode=0o700)
        lock = (folder / _LOCK).open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()


def _sweep(base: Path) -> None:
    for folder in base.glob("work-*"):
        if not _is_held(folder / _LOCK):
            shutil.rmtree(folder, ignore_errors=True)


def _is_held(lock: Path) -> bool:
    try:
        with lock.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False
