"""Stages that overlap: an iterator run in a thread of its own, a few values ahead."""

import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


# Bytes of a pixel: 4:2:0 and, as long as it is looked at, BGR.
_PIXEL_BYTES = 4.5
_WAITING_BYTES = 96 * 2**20
_LEAST_WAITING = 4


def waiting_frames(width: int, height: int, batch: int) -> int:
    """How many frames of that size may wait between two stages, one of which takes `batch` frames at a time.

    A whole batch, so that those around it go on while it is made; fewer where they would take too much memory,
    though always a few.
    """
    fitting = int(_WAITING_BYTES / (_PIXEL_BYTES * width * height))
    return max(_LEAST_WAITING, min(batch, fitting))


class _End:
    """Marks the end of a stage, with the error that ended it, if any."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class Ahead(Generic[T]):
    """Iterates over `source` in a thread, at most `depth` values ahead.

    An error of the source is raised where its value would have come. `close` stops the thread; use it
    with `contextlib.closing`, so that a stage that fails does not leave those before it waiting.
    """

    def __init__(self, source: Iterable[T], depth: int) -> None:
        """Start the thread."""
        self._source = source
        self._values: queue.Queue[T | _End] = queue.Queue(depth)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stage", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[T]:
        while not isinstance(value := self._values.get(), _End):
            yield value
        if value.error is not None:
            raise value.error

    def close(self) -> None:
        """Stop the thread at its next value and wait for it."""
        self._stopped.set()
        while self._thread.is_alive():
            with suppress(queue.Empty):
                self._values.get(timeout=0.05)
        self._thread.join()

    def _run(self) -> None:
        end = _End()
        try:
            for value in self._source:
                self._values.put(value)
                if self._stopped.is_set():
                    break
        except BaseException as error:  # it is raised again by the consumer
            end = _End(error)
        self._values.put(end)
