"""Limits a process puts on itself before it touches anything untrusted. Linux only."""

import ctypes
import errno
import os
import resource
import signal

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_MEGABYTE = 2**20
_OPENCV_NO_MEMORY = -4  # cv::Error::StsNoMem

# The whole environment of a worker. Malloc arenas and idle thread pools would eat its address space.
QUIET_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "MALLOC_ARENA_MAX": "2",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def die_with_parent(parent: int | None = None) -> None:
    """Have the kernel kill this process when its parent ends, however that ends.

    `parent` is the process id of the parent that was meant; if it is gone already, this process exits.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def apply(*, memory_mb: int | None = None, cpu_seconds: int | None = None, files: int = 256) -> None:
    """Limit this process and every child it will have; a limit can never be raised again.

    Args:
        memory_mb: Address space in MiB; beyond it allocations fail. None sets no limit, as CUDA needs.
        cpu_seconds: Processor time of all threads; beyond it the kernel kills. None sets no limit.
        files: Open file descriptors.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _lower(resource.RLIMIT_NOFILE, files)
    if memory_mb is not None:
        _lower(resource.RLIMIT_AS, memory_mb * _MEGABYTE)
    if cpu_seconds is not None:
        _lower(resource.RLIMIT_CPU, cpu_seconds, grace=1)  # SIGXCPU first: it tells why


def is_want_of_memory(error: BaseException) -> bool:
    """Whether an error means that an allocation failed, in whichever library."""
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    # OpenCV is known by its code, so that a worker that needs none does not import it.
    opencv = type(error).__module__ == "cv2" and getattr(error, "code", None) == _OPENCV_NO_MEMORY
    return isinstance(error, MemoryError) or opencv


def _lower(kind: int, value: int, grace: int = 0) -> None:
    hard = resource.getrlimit(kind)[1]
    top = value + grace if hard == resource.RLIM_INFINITY else min(value + grace, hard)
    resource.setrlimit(kind, (min(value, top), top))
