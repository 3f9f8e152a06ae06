"""When a delivery is tried next, from its log. Pure.

The log is a list of tries; a marker `{"replay": true, "at": ...}` begins a new series.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from contracts.states import DeliveryState

Entry = dict[str, Any]


class Logged(Protocol):
    """A delivery with its log."""

    state: DeliveryState
    tries: list[Entry]
    created_at: datetime


def replay_marker(moment: datetime) -> Entry:
    """The log entry that begins a new series."""
    return {"replay": True, "at": moment.isoformat()}


def tries_of(delivery: Logged) -> list[Entry]:
    """The tries without markers, each with its `series`, 1 being the first."""
    series, tries = 1, []
    for entry in delivery.tries:
        if entry.get("replay"):
            series += 1
        else:
            tries.append({**entry, "series": series})
    return tries


def due(delivery: Logged, schedule: Sequence[float], moment: datetime) -> float | None:
    """Seconds from `moment` to the next try, 0 where it is due; None where there will be none.

    `schedule` holds the wait before each try of a series, counted from the end of the try before.
    """
    if delivery.state is not DeliveryState.PENDING:
        return None
    began, series = _current_series(delivery)
    if len(series) >= len(schedule):
        return None
    last = datetime.fromisoformat(series[-1]["at"]) if series else began
    elapsed = (moment - last).total_seconds()
    return max(0.0, schedule[len(series)] - elapsed)


def is_last(delivery: Logged, schedule: Sequence[float]) -> bool:
    """Whether the next try is the last of its series."""
    return len(_current_series(delivery)[1]) + 1 >= len(schedule)


def _current_series(delivery: Logged) -> tuple[datetime, list[Entry]]:
    markers = [index for index, entry in enumerate(delivery.tries) if entry.get("replay")]
    if not markers:
        return delivery.created_at, delivery.tries
    first = markers[-1]
    return datetime.fromisoformat(delivery.tries[first]["at"]), delivery.tries[first + 1 :]
