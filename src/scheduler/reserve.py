"""How many segments wait at the broker, so that a slot that ends a short one finds the next there."""

HANDOVER_SECONDS = 0.02
"""What it takes to settle a segment, release another and send its task: two commits, two messages on disk."""

_STEADY = 32  # releases after which a new one counts for so small a part
_MOST = 4  # one for so many slots at most


class Reserve:
    """The reserve of a pool: as many segments as slots end while one is handed over.

    Those k segments delay a newcomer by k/D of a segment on D slots, which is HANDOVER_SECONDS at most. Where
    segments last for seconds, as those of real work do, there is none.
    """

    def __init__(self) -> None:
        self._mean: float | None = None

    def learn(self, seconds: float) -> None:
        """A segment was released that is expected to hold its slot for so long."""
        if self._mean is None:
            self._mean = seconds
        self._mean += (seconds - self._mean) / _STEADY

    def size(self, slots: int) -> int:
        """Segments that may be out beyond those that `slots` slots work on."""
        if self._mean is None:
            return 0
        most = slots // _MOST
        ending = slots * HANDOVER_SECONDS
        return most if ending >= most * self._mean else int(ending / self._mean)
