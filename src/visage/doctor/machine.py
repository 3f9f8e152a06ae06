"""The machine: Python, cores, memory, disk, and the GPU if there is one."""

import importlib
import os
import platform
import shutil
from pathlib import Path

from visage.doctor.finding import Finding, tried

_GIB = 2**30
_MEMORY_NEEDED = 3  # GiB: three servers, seven actors, one worker a slot
_DISK_NEEDED = 2  # GiB
_TORCH = "run `make torch`; only the engine simswap needs it"


def machine() -> list[Finding]:
    """What a service needs, and torch, which it can use."""
    return [
        tried("machine", "python", platform.python_version, ""),
        tried("machine", "cores", lambda: str(len(os.sched_getaffinity(0))), ""),
        tried("machine", "memory", _memory, f"{_MEMORY_NEEDED} GiB, or servers of your own elsewhere"),
        tried("machine", "disk", _disk, f"make {_DISK_NEEDED} GiB free, or set VISAGE_DATA"),
        tried("machine", "torch", _torch, _TORCH, needed=False),
    ]


def _memory() -> str:
    amount = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / _GIB
    if amount < _MEMORY_NEEDED:
        raise MemoryError(f"only {amount:.1f} GiB")
    return f"{amount:.1f} GiB"


def _disk() -> str:
    free = shutil.disk_usage(Path.cwd()).free / _GIB
    if free < _DISK_NEEDED:
        raise OSError(f"only {free:.1f} GiB free")
    return f"{free:.0f} GiB free"


def _torch() -> str:
    torch = importlib.import_module("torch")

    where = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "CPU only"
    return f"{torch.__version__}, {where}"
