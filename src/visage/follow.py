"""Shows on the console what actors write to their logs."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

_POLL_SECONDS = 0.25

Show = Callable[[str, str], None]


async def follow(folder: Path, names: Iterable[str], show: Show) -> None:
    """Call `show(name, line)` for each line added to `folder/NAME.log` from now on, until cancelled."""
    tails = [Tail(name, folder / f"{name}.log") for name in names]
    while True:
        for tail in tails:
            for line in tail.lines():
                show(tail.name, line)
        await asyncio.sleep(_POLL_SECONDS)


class Tail:
    """The end of one growing file."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path
        self._offset = self._size()

    def lines(self) -> list[str]:
        """The complete lines added since the last call."""
        if self._size() < self._offset:  # the file was started anew
            self._offset = 0
        if self._size() == self._offset:
            return []
        with self._path.open("rb") as file:
            file.seek(self._offset)
            whole, newline, _ = file.read().rpartition(b"\n")
        self._offset += len(whole + newline)
        return whole.decode(errors="replace").splitlines()

    def _size(self) -> int:
        return self._path.stat().st_size if self._path.exists() else 0
