"""What the figures of a load on the real service are made of, on stories written by hand."""

import os
import subprocess
import sys

import pytest
from benchmarks.load import measures, scenarios
from benchmarks.load.meter import Meter, spent
from benchmarks.load.story import Held, Order, Story, Told, story
from benchmarks.load.target import ScenarioError

WEIGHTS = {"free-a": 1.0, "pro-a": 1.0}


def held(pattern: str, seconds: float = 1.0, slots: int = 1) -> list[Held]:
    """Segments of the users `f` and `p`, one after another on so many slots."""
    names = {"f": "free-a", "p": "pro-a"}
    return [
        Held(
            names[letter],
            letter,
            pattern[:n].count(letter),
            (n // slots) * seconds,
            (n // slots + 1) * seconds,
        )
        for n, letter in enumerate(pattern)
    ]


def told(pattern: str, queued: float = 0.0) -> Story:
    jobs = [Told({"f": "free-a", "p": "pro-a"}[it], it, 0.0, queued, 99.0) for it in sorted(set(pattern))]
    return story(jobs, held(pattern))


def test_only_what_started_while_all_had_work_waiting_counts() -> None:
    counted = measures.backlogged(told("ffpfpfpppp", queued=1.5), list(WEIGHTS))
    assert [one.start for one in counted] == [2, 3, 4, 5]  # from the queue to the last start of `f`
    assert [one.user[0] for one in counted] == ["p", "f", "p", "f"]


def test_equal_turns_have_no_error_and_one_sided_service_has_half() -> None:
    fair = measures.shares(held("fp" * 40), WEIGHTS, 1.0)
    assert (fair["share_error"], fair["share_error_run"], fair["jain"], fair["starts"]) == (0, 0, 1, 80)
    assert (fair["gap_free-a"], fair["gap_pro-a"]) == (2, 2)
    unfair = measures.shares(held("f" * 40 + "p" * 40), WEIGHTS, 1.0)
    assert (unfair["share_error"], unfair["share_error_run"], unfair["jain"]) == (0.5, 0, 0.5)
    assert unfair["gap_pro-a"] == 41


def test_shares_of_measured_seconds_weigh_what_was_measured() -> None:
    long = [Held("free-a", "f", n, 2.0 * n, 2.0 * n + 3) for n in range(10)]
    short = [Held("pro-a", "p", n, 2.0 * n + 1, 2.0 * n + 2) for n in range(10)]
    found = measures.shares(story([], long + short).held, WEIGHTS, None)
    assert found["share_error_run"] == 0.25


def test_a_hand_over_is_from_an_end_to_the_next_start_on_the_slot() -> None:
    spans = [(0.0, 1.0), (0.0, 1.5), (1.1, 2.0), (1.8, 2.5), (2.0, 3.0)]
    parts = [Held("free-a", "f", n, start, end) for n, (start, end) in enumerate(spans)]
    assert measures.handovers(story([], parts), 0.0, 2) == pytest.approx([0.1, 0.3, 0.0])
    assert measures.handovers(story([], parts), 1.2, 2) == pytest.approx([0.3, 0.0])


def test_a_newcomers_wait_counts_only_while_the_flood_has_segments_waiting() -> None:
    flood = [Held("free-flood", "flood", n, float(n), n + 1.0) for n in range(4)]
    visits = [Held("pro-new", "early", 0, 1.25, 1.5), Held("pro-new", "late", 0, 9.0, 9.5)]
    jobs = [
        Told("free-flood", "flood", 0, 0, 4),
        Told("pro-new", "early", 0, 1.0, 2),
        Told("pro-new", "late", 0, 8, 10),
    ]
    assert measures.waits(story(jobs, flood + visits), "pro-new", "free-flood") == [0.25]


def test_figures_of_a_list() -> None:
    assert measures.spread([0.1, 0.3, 0.2], 1000) == {"p50": 200.0, "p99": 300.0, "count": 3}
    assert measures.spread([]) == {"count": 0}
    assert measures.rate(held("f" * 101)) == pytest.approx(1.0)
    assert measures.most_at_once(held("fpfpfp", slots=2)) == 2


@pytest.mark.parametrize(
    ("pattern", "slots", "least", "error"),
    [
        ("ff", 1, 1.0, None),
        ("f", 1, 1.0, "2 segments were due, 1 done"),
        ("fff", 1, 1.0, "2 segments were due, 3 done"),
        ("fp", 1, 1.0, "2 segments were due, 2 done"),
        ("ff", 1, 1.5, "less than the time they declare"),
    ],
)
def test_a_story_that_cannot_be_is_an_error(
    pattern: str, slots: int, least: float, error: str | None
) -> None:
    def check() -> None:
        scenarios.check(told(pattern), [Order("free-a", 2, least, least)], slots)

    if error is None:
        check()
    else:
        with pytest.raises(ScenarioError, match=error):
            check()


def test_more_segments_than_slots_are_an_error() -> None:
    crowd = Story([], held("ff", slots=2))
    with pytest.raises(ScenarioError, match="2 segments at once on 1 slots"):
        scenarios.check(crowd, [Order("free-a", 2, 1.0, 1.0)], 1)


def test_cpu_time_is_of_a_process_and_its_children_the_dead_ones_too() -> None:
    burn = "import time\nwhile time.process_time() < 0.1: pass\n"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])\n{burn}print(flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        read = Meter(lambda: [("busy", process.pid), ("gone", 2**22 + os.getpid())]).read()
        process.communicate(b"\n")
    assert read["busy"] >= 0.15  # 0.2 s, read by a clock of hundredths
    assert read["gone"] == 0.0


def test_cpu_milliseconds_are_shared_out() -> None:
    each = spent({"a": 1.0}, {"a": 1.5, "b": 0.25, "c": 0.0}, 100)
    assert each == {"all": 7.5, "a": 5.0, "b": 2.5}
