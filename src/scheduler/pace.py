"""Work that may be long gives way to what is urgent."""

import asyncio
import time

_SLICE_SECONDS = 0.001


class Pace:
    """Counts the time since others had the event loop."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._worked = 0.0

    async def breathe(self) -> None:
        """Let others run if it is their turn. To be called often: it costs less than a microsecond."""
        if time.perf_counter() - self._began >= _SLICE_SECONDS:
            self._worked += time.perf_counter() - self._began
            await asyncio.sleep(0)
            self._began = time.perf_counter()

    @property
    def worked(self) -> float:
        """Seconds that were worked so far, not counting those of others."""
        return self._worked + time.perf_counter() - self._began
