"""What becomes of a delivery whose handler raised. Pure."""

from dataclasses import dataclass

from pydantic import ValidationError

from bus.backoff import delay_after
from contracts.errors import FaceError, LimitError, MediaError, UnavailableError, VisageError, WorkError

FIRST_DELAY = 0.5  # seconds
LONGEST_DELAY = 60.0  # seconds
LONGEST_OUTAGE_DELAY = 5.0  # seconds; a server that is back must not be kept waiting for

PASSING = (UnavailableError, ConnectionError, TimeoutError)


class Later(Exception):  # noqa: N818  # no error: it says when
    """Raised by a handler: not now, hand it out again in `seconds`. Not counted as a failure."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:g} s")
        self.seconds = seconds


class HandlerTimeoutError(Exception):
    """A handler ran for longer than its consumer allows."""


@dataclass(frozen=True)
class Again:
    """Hand it out again after `delay` seconds. `counted` says whether it was a failure of the message."""

    delay: float
    reason: str
    counted: bool


@dataclass(frozen=True)
class Bury:
    """Write a dead letter and never hand it out again."""

    reason: str


def judge(
    error: Exception,
    failures: int,
    max_deliveries: int | None,
    transient: tuple[type[Exception], ...] = (),
) -> Again | Bury:
    """Decide what to do after `error`.

    Args:
        failures: Failures of this message before this one.
        max_deliveries: Failures after which it is given up; None never gives up.
        transient: Exceptions that mean, besides our own, that a server behind us is away.
    """
    reason = reason_of(error)
    if isinstance(error, Later):
        return Again(error.seconds, reason, counted=False)
    if isinstance(error, (*PASSING, *transient)):
        return Again(delay_after(failures + 1, FIRST_DELAY, LONGEST_OUTAGE_DELAY), reason, counted=False)
    if is_poison(error):
        return Bury(describe(error))
    if max_deliveries is not None and failures + 1 >= max_deliveries:
        return Bury(f"gave up after {failures + 1} tries: {describe(error)}")
    return Again(delay_after(failures + 1, FIRST_DELAY, LONGEST_DELAY), reason, counted=True)


def is_poison(error: Exception) -> bool:
    """Whether trying again cannot help."""
    if isinstance(error, WorkError):
        return not error.retryable
    return isinstance(error, MediaError | FaceError | LimitError | ValidationError)


def reason_of(error: Exception) -> str:
    """A short stable label: the reason of our own errors, else the exception's name."""
    return error.reason.value if isinstance(error, VisageError) else type(error).__name__


def describe(error: Exception) -> str:
    """A sentence for the person who reads the dead letter."""
    return f"{reason_of(error)}: {error}"
