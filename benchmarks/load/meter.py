"""CPU time of a service's processes, by kind."""

from collections.abc import Callable, Iterable

import psutil

Processes = Callable[[], Iterable[tuple[str, int]]]


class Meter:
    """Reads CPU seconds of processes and all their descendants, the dead ones included where they were waited for."""

    def __init__(self, processes: Processes) -> None:
        """`processes` gives kind and process id of whatever runs now."""
        self._processes = processes

    def read(self) -> dict[str, float]:
        """CPU seconds so far, user and system, by kind."""
        sums: dict[str, float] = {}
        for kind, pid in self._processes():
            sums[kind] = sums.get(kind, 0.0) + _seconds(pid)
        return sums


def _seconds(pid: int) -> float:
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    return sum(_own(one) for one in family)


def _own(process: psutil.Process) -> float:
    """Its time, and that of its children who have ended."""
    try:
        return float(sum(process.cpu_times()[:4]))
    except psutil.NoSuchProcess:
        return 0.0


def spent(before: dict[str, float], after: dict[str, float], count: int) -> dict[str, float]:
    """CPU milliseconds for each of `count`, by kind and as `all`; kinds that spent next to nothing are left out."""
    each = {kind: 1000 * (after[kind] - before.get(kind, 0.0)) / count for kind in after}
    shown = {kind: round(value, 3) for kind, value in sorted(each.items()) if value >= 0.001}
    return {"all": round(sum(each.values()), 3)} | shown
