import pytest

from scheduler.reserve import HANDOVER_SECONDS, Reserve


def reserve_of(seconds: float) -> Reserve:
    reserve = Reserve()
    for _ in range(500):
        reserve.learn(seconds)
    return reserve


@pytest.mark.parametrize(
    ("slots", "seconds", "size"), [(16, 5.0, 0), (256, 5.0, 1), (16, 0.1, 3), (16, 0.0, 4), (3, 0.0, 0)]
)
def test_it_is_what_ends_during_a_hand_over_and_a_quarter_of_the_slots_at_most(
    slots: int, seconds: float, size: int
) -> None:
    assert reserve_of(seconds).size(slots) == size


@pytest.mark.parametrize("seconds", [0.01, 0.05, 0.3, 2.0, 30.0])
@pytest.mark.parametrize("slots", [1, 4, 16, 1000])
def test_a_newcomer_waits_no_longer_for_it_than_a_hand_over_takes(slots: int, seconds: float) -> None:
    assert reserve_of(seconds).size(slots) * seconds / slots <= HANDOVER_SECONDS + 1e-9


def test_nothing_is_held_in_reserve_before_anything_is_known() -> None:
    assert Reserve().size(100) == 0


def test_it_follows_what_is_released() -> None:
    reserve = reserve_of(10.0)
    for _ in range(500):
        reserve.learn(0.1)
    assert reserve.size(16) == 3
