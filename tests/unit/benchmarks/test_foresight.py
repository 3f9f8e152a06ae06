"""What predictions are held against, and what the forecast is known to be good for."""

from benchmarks.foresight.looking import looking
from benchmarks.foresight.score import Life, Told, score
from benchmarks.foresight.simulated import Watched, closed
from benchmarks.simulation import loads


def test_predictions_are_held_against_what_happened() -> None:
    late = Life(
        0.0, 10.0, starts=[2.0, 4.0, 6.0], told=[Told(0.0, 5.0, 1), Told(5.0, 6.0, 1), Told(9.0, None, None)]
    )
    other = Life(0.0, 8.0, starts=[1.0, 5.5])
    found = score([late, other])
    assert found["submission"] == {
        "jobs": 1, "eta_median": -0.5, "eta_off_median": 0.5, "eta_off_p90": 0.5,
        "position_off_median": 0, "position_off_p90": 0,
    }  # fmt: skip
    assert found["50 %"]["eta_median"] == 0.2 and found["50 %"]["position_off_median"] == 0
    assert found["75 %"] == {"jobs": 0}


def test_where_costs_are_known_and_nobody_comes_everything_is_foreseen() -> None:
    found = score(Watched(closed(40, 4, 8, loads.equal, 3), 4, 2.0).run())
    for moment in ("25 %", "50 %", "75 %"):
        assert (found[moment]["eta_off_p90"], found[moment]["position_off_p90"]) == (0.0, 0)


async def test_looking_ahead_leaves_turns_to_others() -> None:
    found = await looking(2_000)
    assert 0.0 < found["others_wait_ms_p99"] <= found["others_wait_ms_worst"] < found["cpu_ms"]
