"""The simulator behind the figures of fairness: what it may not lose, and what the rules are known to do."""

from collections import defaultdict
from itertools import pairwise

import pytest
from benchmarks import fairness
from benchmarks.simulation import loads, measures
from benchmarks.simulation.crashes import forgetful, rebuilt
from benchmarks.simulation.decisions import decision_us
from benchmarks.simulation.machine import Arrival, Change, Crash, Dispatch, Load, Machine, Sample, Trace
from benchmarks.simulation.rules import RULES

from scheduler.fairqueue import FairQueue, Terms, Work

SMALL = fairness.Scale(releases=700, flood=60, visits=9, jobs=12, seeds=1)

each_rule = pytest.mark.parametrize("rule", RULES)


def run(rule: str, load: Load, seed: int = 0) -> Trace:
    return Machine(RULES[rule](), load, seed).run()


def wait_behind(rule: str, size: int) -> float:
    """Seconds that a free newcomer waits behind a free user's flood, on four slots."""
    arrivals = [Arrival(0.0, Work("flood", "flood", n, 1.0), Terms(), 1.0) for n in range(size)]
    newcomer = Arrival(0.5, Work("new", "new", 0, 1.0), Terms(), 1.0)
    return measures.waits(run(rule, Load([*arrivals, newcomer], [Change(0.0, 4)])), {"new": 0.5})["new"]


@each_rule
def test_every_segment_is_done_once_though_agents_die(rule: str) -> None:
    load = loads.mixed(8, 30, seed=3)
    trace = run(rule, load)
    assert trace.lost > 0
    assert sorted(trace.done) == sorted(arrival.work.key for arrival in load.arrivals)
    assert len(trace.dispatches) == len(trace.done) + trace.lost


@each_rule
def test_service_is_what_was_done(rule: str) -> None:
    load = loads.mixed(4, 20, seed=1)
    due: dict[str, float] = defaultdict(float)
    for arrival in load.arrivals:
        due[str(arrival.work.user)] += arrival.cost
    assert run(rule, load).samples[-1].served == pytest.approx(dict(due))


@each_rule
def test_no_slot_idles_while_a_segment_waits(rule: str) -> None:
    assert run(rule, loads.mixed(8, 30, seed=5)).idle == 0.0


@each_rule
def test_no_more_segments_run_than_there_are_slots(rule: str) -> None:
    trace = run(rule, loads.backlogged(loads.weights_of(fairness.EACH), 3, 50, loads.unknown, 1))
    for before, after in pairwise(trace.samples):
        gained = sum(after.served.values()) - sum(before.served.values())
        assert gained <= 3 * (after.time - before.time) + 1e-9


@each_rule
def test_a_seed_gives_one_trace(rule: str) -> None:
    first, same = (run(rule, loads.mixed(8, 20, seed=7), seed=7) for _ in range(2))
    assert first == same
    assert first != run(rule, loads.mixed(8, 20, seed=8), seed=8)


def test_a_newcomer_waits_for_a_slot_and_not_for_the_flood() -> None:
    assert wait_behind("sfq", 400) == wait_behind("sfq", 40) == 0.5


@pytest.mark.parametrize("rule", ["fifo", "priority", "tiers"])
def test_a_newcomer_waits_for_the_whole_flood_of_his_tier(rule: str) -> None:
    assert wait_behind(rule, 40) == 9.5
    assert wait_behind(rule, 400) == 99.5


def test_a_lost_segment_starts_again_at_once_and_is_not_charged() -> None:
    arrivals = [Arrival(0.0, Work("ann", "ann", n, 1.0), Terms(), 2.0) for n in range(2)]
    trace = run("sfq", Load(arrivals, [Change(0.0, 1), Change(1.0, -1), Change(1.0, 1)]))
    assert [(one.time, one.key[1]) for one in trace.dispatches] == [(0.0, 0), (1.0, 0), (3.0, 1)]
    assert trace.samples[-1].served == {"ann": 4.0}


def test_slots_that_never_come_back_keep_everything_waiting() -> None:
    trace = run("sfq", loads.backlogged({"ann": 1.0}, 2, 10, loads.equal, 0))
    assert len(trace.done) == 10
    load = loads.backlogged({"ann": 1.0}, 2, 10, loads.equal, 0)
    trace = run("sfq", Load(load.arrivals, [*load.changes, Change(0.5, -2)]))
    assert (trace.done, trace.lost) == ([], 2)


def trace_of(users: str) -> Trace:
    """One release a second on one slot, each of a second."""
    trace = Trace(slots=1, dispatches=[Dispatch(n, user, (user, n), 1.0) for n, user in enumerate(users)])
    for n in range(len(users) + 1):
        served = {user: float(users[:n].count(user)) for user in set(users)}
        trace.samples.append(Sample(float(n), frozenset(users), served))
    return trace


def test_the_figures_of_a_trace_are_those_of_a_hand() -> None:
    trace, weights = trace_of("abbbab"), {"a": 1.0, "b": 1.0}
    assert measures.share_error(trace, weights, 2) == 0.5
    assert measures.jain(trace.dispatches, weights, 4) == pytest.approx(16 / 20)
    assert measures.lag(trace, weights) == 1.0
    assert measures.longest_gap(trace, "a") == 4
    # Between 1 and 4, b gained three seconds on a: 3 of (1 + 1) (1 + 1).
    assert measures.bound_ratio(trace, weights) == 0.75


def test_a_percentile_is_one_of_the_values() -> None:
    assert measures.percentile([float(n) for n in range(1, 101)], 99) == 99.0
    assert measures.percentile([5.0], 99) == 5.0


def test_the_fair_queue_keeps_what_it_promises_and_the_others_do_not() -> None:
    found = {rule: fairness.measure(rule, SMALL) for rule in RULES}
    assert found["sfq"]["share_error_equal"] <= 1e-9
    assert found["sfq"]["jain_worst"] >= 0.995
    assert found["sfq"]["lag_equal_segments"] <= 1.0
    assert found["sfq"]["bound_ratio"] <= 1.0
    assert found["sfq"]["newcomer_p99_segments"] <= 1.0
    assert found["sfq"]["longest_gap"] <= 7
    assert found["sfq"]["idle_seconds"] == 0.0
    for rule in ("fifo", "priority", "tiers"):
        assert found[rule]["newcomer_p99_segments"] > 10.0
        assert found[rule]["bound_ratio"] > 1.0


@each_rule
def test_the_benchmark_prints_the_figures_that_were_asked_for(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fairness, "RULES", {rule: RULES[rule]})
    monkeypatch.setattr(fairness, "SLOTS", (2,))
    monkeypatch.setattr(fairness, "decision_us", lambda make, users: float(users))
    tiny = fairness.Scale(releases=700, flood=9, visits=3, jobs=2, seeds=1)
    [(name, figures)] = fairness.run(tiny).items()
    assert (name, tuple(figures)) == (rule, fairness.NAMES)


def test_users_of_one_tier_share_and_a_crowd_of_the_heavy_keeps_no_light_newcomer_out() -> None:
    weights = loads.weights_of(fairness.SEVERAL)
    trace = Machine(RULES["sfq"](), loads.backlogged(weights, 2, 120, loads.equal, 0)).run(120)
    assert measures.lag(trace, weights) <= 1.5
    load, newcomer, since = loads.crowd(4, 60, seed=0)
    assert measures.waits(run("sfq", load), {newcomer: since})[newcomer] <= 3.0


def test_schedulers_that_die_break_the_bound_only_where_they_forget() -> None:
    weights = loads.weights_of(fairness.EACH)
    ratios = []
    for rebuild in (rebuilt, forgetful):
        load = loads.backlogged(weights, 1, 90, loads.unknown, 0)
        machine = Machine(RULES["sfq"](), load, crash=Crash(3, rebuild))
        ratios.append(measures.bound_ratio(machine.run(90), weights))
    assert ratios[0] <= 1.0 < ratios[1]


def test_nothing_is_lost_or_doubled_though_schedulers_and_agents_die() -> None:
    load = loads.mixed(8, 12, seed=3)
    trace = Machine(RULES["sfq"](), load, seed=3, crash=Crash(5, rebuilt)).run()
    assert trace.lost > 0
    assert sorted(trace.done) == sorted(arrival.work.key for arrival in load.arrivals)
    assert trace.idle == 0.0
    assert measures.bound_ratio(trace, loads.weights_of({"free": 3, "pro": 2, "business": 1})) <= 1.0


def test_a_decision_takes_time() -> None:
    assert 0.0 < decision_us(FairQueue, 100, decisions=500) < 1_000.0
