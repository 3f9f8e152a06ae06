"""When a delivery is tried next."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.states import DeliveryState
from gateway.webhooks.schedule import due, is_last, replay_marker, tries_of

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
SCHEDULE = [0.0, 5.0, 300.0]


@dataclass
class Row:
    state: DeliveryState = DeliveryState.PENDING
    tries: list[dict[str, Any]] = field(default_factory=list)
    created_at: datetime = BEGAN

    def tried(self, seconds: float) -> "Row":
        self.tries.append({"at": (BEGAN + timedelta(seconds=seconds)).isoformat(), "status": 500})
        return self


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def test_the_first_try_is_due_at_once() -> None:
    assert due(Row(), SCHEDULE, at(0)) == 0


def test_each_wait_counts_from_the_try_before() -> None:
    row = Row().tried(1)
    assert due(row, SCHEDULE, at(2)) == 4
    assert due(row, SCHEDULE, at(60)) == 0
    assert due(row.tried(7), SCHEDULE, at(7)) == 300


def test_after_the_last_try_there_is_none() -> None:
    row = Row().tried(1).tried(6)
    assert is_last(row, SCHEDULE)
    assert due(row.tried(306), SCHEDULE, at(306)) is None


def test_nothing_is_due_once_it_was_delivered() -> None:
    assert due(Row(DeliveryState.DELIVERED), SCHEDULE, at(0)) is None


def test_a_replay_begins_a_new_series() -> None:
    row = Row().tried(1).tried(6).tried(306)
    row.tries.append(replay_marker(at(1000)))
    assert due(row, SCHEDULE, at(1000)) == 0
    row.tried(1001)
    assert due(row, SCHEDULE, at(1001)) == 5
    assert [entry["series"] for entry in tries_of(row)] == [1, 1, 1, 2]
