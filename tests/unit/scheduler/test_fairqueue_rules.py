"""Order, caps, lifts, corrections and cancelling in the fair queue."""

import pytest

from scheduler.fairqueue import FairQueue, Terms, Work, shares
from tests.unit.scheduler.machine import Machine


def submit(
    queue: FairQueue, user: str, count: int, terms: Terms | None = None, job: str = "", **rest: float
) -> None:
    estimate, order = rest.get("estimate", 1.0), rest.get("order", 0.0)
    for n in range(count):
        assert queue.submit(Work(user, job or user, n, estimate, order), terms or Terms())


def releases(queue: FairQueue, count: int) -> list[str]:
    return [str(work.job) if (work := queue.next()) else "-" for _ in range(count)]


def test_jobs_of_a_user_go_in_order_of_submission_and_segments_in_order() -> None:
    queue = FairQueue()
    submit(queue, "ann", 2, job="second", order=2.0)
    submit(queue, "ann", 2, job="first", order=1.0)
    keys = [work.key for _ in range(4) if (work := queue.next())]
    assert keys == [("first", 0), ("first", 1), ("second", 0), ("second", 1)]


def test_a_retried_segment_takes_its_old_place() -> None:
    queue = FairQueue()
    submit(queue, "ann", 3)
    assert queue.next() is not None
    assert queue.retry(("ann", 0), 0.5)
    work = queue.next()
    assert work is not None and work.key == ("ann", 0)


def test_a_segment_is_taken_once() -> None:
    queue = FairQueue()
    submit(queue, "ann", 1)
    assert not queue.submit(Work("ann", "ann", 0, 1.0), Terms())
    queue.next()
    assert not queue.submit(Work("ann", "ann", 0, 1.0), Terms())
    assert queue.finish(("ann", 0), 1.0)
    assert not queue.finish(("ann", 0), 1.0)
    assert queue.next() is None


def test_a_user_at_his_cap_is_skipped_and_served_again_below_it() -> None:
    queue = FairQueue()
    submit(queue, "ann", 5, Terms(cap=2))
    submit(queue, "ben", 5, Terms(cap=1))
    assert sorted(releases(queue, 4)) == ["-", "ann", "ann", "ben"]
    queue.finish(("ben", 0), 1.0)
    assert releases(queue, 2) == ["ben", "-"]


def test_burst_takes_what_nobody_else_wants() -> None:
    queue = FairQueue()
    submit(queue, "ann", 5, Terms(cap=1, burst=True))
    submit(queue, "ben", 2, Terms(cap=2))
    assert sorted(releases(queue, 3)) == ["ann", "ben", "ben"]
    assert releases(queue, 2) == ["ann", "ann"]


def test_a_cap_of_zero_pauses_even_with_burst() -> None:
    queue = FairQueue()
    submit(queue, "ann", 2, Terms(cap=0, burst=True))
    assert queue.next() is None
    queue.reweigh("ann", Terms(cap=1))
    assert releases(queue, 2) == ["ann", "-"]


def test_a_newcomer_is_next_whatever_the_flood() -> None:
    queue = FairQueue()
    submit(queue, "flood", 10_000)
    for n in range(500):
        assert queue.next() is not None
        queue.finish(("flood", n), 1.0)
    submit(queue, "new", 1)
    assert releases(queue, 1) == ["new"]


def test_idle_time_gives_no_credit() -> None:
    queue = FairQueue()
    submit(queue, "ann", 1)
    submit(queue, "ben", 1000)
    releases(queue, 2)
    queue.finish(("ann", 0), 1.0)
    for n in range(100):
        queue.finish(("ben", n), 1.0)
        queue.next()
    submit(queue, "ann", 50, job="again")
    got = releases(queue, 20)
    assert got.count("again") == 10


def test_time_at_the_cap_gives_no_credit() -> None:
    machine = Machine(
        2,
        {("ann", n): 10.0 for n in range(50)} | {("ben", n): 1.0 for n in range(200)},
        {"ann": Terms(4.0, cap=1), "ben": Terms(1.0)},
    )
    for job, n in machine.costs:
        machine.submit(Work(job, job, n, machine.costs[job, n]))
    for _ in range(110):
        machine.step()
    machine.queue.reweigh("ann", Terms(1.0, cap=2))
    machine.work.clear()
    while machine.work["ann"] + machine.work["ben"] < 100:
        machine.step()
    assert machine.work["ben"] >= 30


def test_an_overrun_counts_while_it_runs() -> None:
    queue = FairQueue()
    submit(queue, "ann", 10)
    submit(queue, "ben", 10)
    assert releases(queue, 2) == ["ann", "ben"]
    queue.observe(("ann", 0), 5.0)
    assert releases(queue, 4) == ["ben"] * 4


def test_a_lost_segment_is_not_charged() -> None:
    queue = FairQueue()
    submit(queue, "ann", 10, estimate=5.0)
    submit(queue, "ben", 10)
    assert releases(queue, 2) == ["ben", "ann"]
    queue.retry(("ann", 0), 0.0)
    queue.finish(("ben", 0), 1.0)
    assert releases(queue, 1) == ["ann"]


def test_overestimates_made_before_a_lift_give_no_credit_after_it() -> None:
    queue = FairQueue()
    submit(queue, "ann", 1, estimate=100.0)
    assert releases(queue, 1) == ["ann"]
    submit(queue, "ben", 1000)
    for n in range(50):
        queue.next()
        queue.finish(("ben", n), 1.0)
    submit(queue, "ann", 100, job="more")
    queue.finish(("ann", 0), 1.0)
    assert 9 <= releases(queue, 20).count("more") <= 11


def test_a_change_of_weight_counts_from_then_on() -> None:
    queue = FairQueue()
    submit(queue, "ann", 200)
    submit(queue, "ben", 200)
    assert releases(queue, 20).count("ann") == 10
    queue.reweigh("ann", Terms(4.0))
    assert 39 <= releases(queue, 50).count("ann") <= 41


def test_cancelling_a_job_leaves_what_runs_and_the_other_jobs() -> None:
    queue = FairQueue()
    submit(queue, "ann", 4, job="a", order=1.0)
    submit(queue, "ann", 2, job="b", order=2.0)
    queue.next()
    assert [work.index for work in queue.cancel_job("ann", "a")] == [1, 2, 3]
    assert queue.in_flight == 1 and queue.waiting == 2
    assert releases(queue, 3) == ["b", "b", "-"]


def test_cancelling_a_user_removes_everything_that_waits() -> None:
    queue = FairQueue()
    submit(queue, "ann", 4, job="a")
    submit(queue, "ann", 2, job="b")
    submit(queue, "ben", 1)
    assert len(queue.cancel_user("ann")) == 6
    assert releases(queue, 2) == ["ben", "-"]


def test_users_who_owe_nothing_are_forgotten() -> None:
    queue = FairQueue()
    submit(queue, "flood", 1100)
    for n in range(1000):
        submit(queue, f"user-{n}", 1)
    for _ in range(2050):
        work = queue.next()
        assert work is not None
        queue.finish(work.key, 1.0)
    assert len(list(queue.flows())) <= 2


def test_shares_due_follow_weights_and_caps() -> None:
    queue = FairQueue()
    submit(queue, "ann", 100, Terms(4.0, cap=1))
    submit(queue, "ben", 100, Terms(2.0))
    submit(queue, "cid", 100, Terms(1.0))
    due = {share.user: share.due for share in shares(queue, slots=10)}
    assert due == pytest.approx({"ann": 0.1, "ben": 0.6, "cid": 0.3})


def test_who_owes_still_owes_though_his_weight_fell_while_he_was_away() -> None:
    queue = FairQueue()
    submit(queue, "ann", 1, Terms(4.0), estimate=8.0)
    assert releases(queue, 1) == ["ann"]
    submit(queue, "ben", 100)
    queue.finish(("ann", 0), 8.0)
    queue.reweigh("ann", Terms(1.0))
    assert releases(queue, 5) == ["ben"] * 5  # past the tag that ann had at the larger weight
    submit(queue, "ann", 1, job="again")
    assert releases(queue, 3) == ["ben"] * 3


def test_nobody_is_lost_however_often_tags_change() -> None:
    queue = FairQueue()
    for n in range(40):
        submit(queue, f"user-{n}", 2, Terms(1.0 + n))
    assert len(releases(queue, 40)) == 40
    for seconds in range(2, 20):
        for n in range(40):
            queue.observe((f"user-{n}", 0), float(seconds))
            assert len(queue.first_ready(99)) == 40
    assert sorted(releases(queue, 40)) == sorted(f"user-{n}" for n in range(40))
