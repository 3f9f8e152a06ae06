"""The promise of SFQ(D), for any costs, weights, arrivals and number of slots."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from scheduler.fairqueue import Terms, Work
from tests.unit.scheduler.machine import Machine, worst_lag

USERS = ("ann", "ben", "cid", "dee")
WEIGHTS = st.sampled_from([0.5, 1.0, 2.0, 4.0])
COSTS = st.floats(0.1, 10.0)
LOADS = st.lists(st.tuples(WEIGHTS, st.lists(COSTS, min_size=1, max_size=25)), min_size=2, max_size=4)


def machine_of(slots: int, load: list[tuple[float, list[float]]], guess: float = 1.0) -> Machine:
    """Everyone's segments waiting at time 0; estimates are `guess` times the cost."""
    users = USERS[: len(load)]
    machine = Machine(
        slots,
        {
            (user, n): cost
            for user, (_, costs) in zip(users, load, strict=True)
            for n, cost in enumerate(costs)
        },
        {user: Terms(weight) for user, (weight, _) in zip(users, load, strict=True)},
    )
    for (user, n), cost in machine.costs.items():
        machine.submit(Work(user, user, n, cost * guess))
    return machine


def assert_bound(machine: Machine, factor: float, guess: float = 1.0) -> None:
    for first, second in combinations(machine.terms, 2):
        allowed = factor * sum(
            max(cost for (job, _), cost in machine.costs.items() if job == user)
            * max(guess, 1.0)
            / machine.terms[user].weight
            for user in (first, second)
        )
        assert worst_lag(machine, first, second) <= allowed + 1e-6


@given(st.integers(1, 8), LOADS)
def test_lag_stays_in_the_bound_when_costs_are_known(
    slots: int, load: list[tuple[float, list[float]]]
) -> None:
    machine = machine_of(slots, load)
    machine.run()
    assert_bound(machine, slots + 1)


@given(st.integers(1, 8), LOADS, st.floats(1.0, 3.0))
def test_lag_stays_in_the_bound_when_costs_are_overestimated(
    slots: int, load: list[tuple[float, list[float]]], guess: float
) -> None:
    machine = machine_of(slots, load, guess)
    machine.run()
    assert_bound(machine, slots + 1, guess)


@given(st.integers(1, 8), LOADS, st.floats(0.33, 1.0))
def test_overruns_cost_at_most_one_more_segment_a_slot(
    slots: int, load: list[tuple[float, list[float]]], guess: float
) -> None:
    # An overrun in flight is charged as it happens, but D of them may have been released before anyone knew.
    machine = machine_of(slots, load, guess)
    machine.run()
    assert_bound(machine, 2 * slots + 1)


@given(st.integers(1, 6), LOADS, st.lists(st.tuples(st.integers(0, 40), COSTS), max_size=20))
def test_lag_stays_in_the_bound_around_newcomers(
    slots: int, load: list[tuple[float, list[float]]], arrivals: list[tuple[int, float]]
) -> None:
    machine = machine_of(slots, load)
    machine.terms["eve"] = Terms(1.0)
    for step in range(200):
        for n, (at, cost) in enumerate(arrivals):
            if at == step:
                machine.costs["eve", n] = cost
                machine.submit(Work("eve", "eve", n, cost))
        if machine.step() is None and step > 40:
            break
    else:
        raise AssertionError("the machine did not come to rest")
    machine.costs.setdefault(("eve", -1), 0.0)
    assert_bound(machine, slots + 1)


@given(st.integers(1, 8), LOADS)
def test_no_slot_idles_while_work_waits(slots: int, load: list[tuple[float, list[float]]]) -> None:
    machine = machine_of(slots, load)
    while machine.queue.waiting:
        machine.fill()
        assert len(machine.running) == slots or not machine.queue.waiting
        machine.step()


@given(st.integers(1, 8), LOADS)
def test_every_segment_is_served_once(slots: int, load: list[tuple[float, list[float]]]) -> None:
    machine = machine_of(slots, load)
    machine.run()
    assert sorted(machine.served) == sorted(machine.costs)


def test_ten_jobs_get_no_more_than_one() -> None:
    terms = {"one": Terms(), "ten": Terms()}
    costs = {("one", n): 1.0 for n in range(100)} | {(f"ten-{n % 10}", n): 1.0 for n in range(100)}
    machine = Machine(3, costs, terms)
    for job, n in costs:
        machine.submit(Work(job[:3], job, n, 1.0, order=float(n % 10)))
    while machine.queue.waiting > 50:
        machine.step()
    assert abs(machine.work["one"] - machine.work["ten"]) <= 2.0


def test_tiers_share_four_two_one_in_every_window_of_28() -> None:
    terms = {"business": Terms(4), "pro": Terms(2), "free": Terms(1)}
    costs = {(user, n): 1.0 for user in terms for n in range(400)}
    machine = Machine(1, costs, terms)
    for job, n in costs:
        machine.submit(Work(job, job, n, 1.0))
    for _ in range(500):
        machine.step()
    users = [job for job, _ in machine.served]
    for start in range(len(users) - 28):
        window = users[start : start + 28]
        for user, terms_of in terms.items():
            assert abs(window.count(user) / 28 - terms_of.weight / 7) <= 0.036
