"""Attempts in flight: who is in doubt, who hangs, who is slow, and what lands."""

from fractions import Fraction
from uuid import UUID, uuid4

import pytest

from contracts.media import EncodeSpec, MediaKind
from contracts.messages import SegmentProgress
from contracts.states import JobState
from scheduler.board import Board, JobFacts
from scheduler.estimate import CostClass, Estimates
from scheduler.fairqueue import Terms
from scheduler.flight import Flight
from scheduler.patience import is_slow, seconds_of_patience

KIND = CostClass("default", "paste", 720, "libx264:")
TERMS = Terms(1.0, 4, False)


def facts_of(segments: int = 4, frames: int | None = 400) -> JobFacts:
    encode = EncodeSpec(
        codec="h264", encoder="libx264", pix_fmt="yuv420p", width=64, height=48, time_base=Fraction(1, 30)
    )
    return JobFacts(
        id=uuid4(), user=uuid4(), terms=TERMS, state=JobState.RUNNING, pool="default", engine="paste",
        kind=MediaKind.VIDEO, order=0.0, source_key="a", source_size=1, stream_index=0,
        time_base=Fraction(1, 30), encode=encode, faces=[], cost_class=KIND,
        seconds=dict.fromkeys(range(segments), 5.0), frames_total=frames,
    )  # fmt: skip


def board_with(facts: JobFacts, factor: float = 2.0) -> Board:
    board = Board(Estimates(factor))
    board.jobs[facts.id] = facts
    return board


def flight_of(facts: JobFacts, index: int = 0) -> Flight:
    return Flight(uuid4(), facts.id, index, "default")


def fly(board: Board, facts: JobFacts, index: int = 0) -> Flight:
    """Release a segment, as the dispatcher does."""
    board.wait(facts, index)
    assert board.queue("default").next() is not None
    flight = flight_of(facts, index)
    board.launch(flight)
    return flight


def progress(frames: int, steps: int = 0) -> SegmentProgress:
    return SegmentProgress(
        attempt_id=UUID(int=1),
        job_id=UUID(int=2),
        segment_index=0,
        frames=frames,
        gpu_seconds=1.0,
        steps=steps,
    )


def test_whoever_begins_what_another_had_begun_puts_that_one_in_doubt() -> None:
    flight = flight_of(facts_of())
    flight.begin("a", "life", 1.0)
    flight.begin("a", "life", 2.0)
    assert flight.doubts == []
    flight.begin("b", "other", 3.0)
    assert [(doubt.agent_id, doubt.life, doubt.since) for doubt in flight.doubts] == [("a", "life", 3.0)]
    flight.begin("b", "restarted", 4.0)
    assert [doubt.life for doubt in flight.doubts] == ["life", "other"]


def test_an_agent_known_by_name_only_is_in_doubt_where_another_begins() -> None:
    flight = flight_of(facts_of())
    flight.agent_id, flight.started_at = "a", 0.0  # as a former leader wrote it
    flight.begin("a", "life", 1.0)
    assert flight.doubts == []
    flight.begin("b", "life", 2.0)
    assert len(flight.doubts) == 1


def test_only_what_changes_is_progress() -> None:
    flight = flight_of(facts_of())
    flight.begin("a", "life", 1.0)
    for now, message in enumerate((progress(0), progress(5), progress(5), progress(5, steps=1)), start=2):
        flight.hear(message, float(now))
        assert flight.heard_at == now
    assert flight.moved_at == 5.0
    flight.hear(progress(5, steps=1), 9.0)
    assert (flight.moved_at, flight.heard_at) == (5.0, 9.0)


@pytest.mark.parametrize(
    ("frames", "hang", "factor", "seconds"),
    [
        (50, 20.0, 2.0, 20.0),  # in the middle: a frame should take 0.1 s
        (50, 20.0, 100.0, 50.0),  # ten times five seconds
        (0, 20.0, 2.0, 60.0),  # engines start, sources are read up to the segment
        (100, 20.0, 2.0, 60.0),  # results are stored
        (0, 1.0, 2.0, 30.0),  # the segment should take ten seconds
    ],
)
def test_patience_follows_the_estimate(frames: int, hang: float, factor: float, seconds: float) -> None:
    facts = facts_of()
    flight = flight_of(facts)
    flight.frames = frames
    assert seconds_of_patience(board_with(facts, factor), flight, hang) == pytest.approx(seconds)


def test_patience_needs_no_number_of_frames() -> None:
    facts = facts_of(frames=None)
    flight = flight_of(facts)
    flight.frames = 7
    assert seconds_of_patience(board_with(facts), flight, 20.0) == 60.0


@pytest.mark.parametrize(
    ("spent", "frames", "slow"),
    [(29.0, 0, False), (31.0, 0, True), (31.0, 50, True), (31.0, 90, False)],  # it should take ten seconds
)
def test_slow_is_what_a_fresh_attempt_would_beat(spent: float, frames: int, slow: bool) -> None:
    facts = facts_of()
    flight = flight_of(facts)
    flight.started_at, flight.frames = 100.0, frames
    assert is_slow(board_with(facts), flight, 100.0 + spent, 3.0) is slow


def test_a_second_attempt_is_no_second_flight_of_the_fair_queue() -> None:
    facts = facts_of()
    board = board_with(facts)
    first = fly(board, facts)
    second = flight_of(facts)
    board.launch(second)
    assert (board.flying("default"), board.attempts_at(first.key), board.queue("default").in_flight) == (
        2,
        2,
        1,
    )
    board.land(first.attempt_id, 3.0, again=False)
    assert (board.flying("default"), board.queue("default").in_flight) == (1, 1)
    board.land(second.attempt_id, 0.0, again=False)
    assert (board.flying("default"), board.queue("default").in_flight) == (0, 0)


def charged(board: Board, facts: JobFacts) -> float:
    return next(flow.served for flow in board.queue("default").flows() if flow.user == facts.user)


def test_what_two_attempts_cost_is_charged_when_the_last_lands() -> None:
    facts = facts_of()
    board = board_with(facts)
    fly(board, facts, 1)  # keeps the user's flow
    before = charged(board, facts)
    first = fly(board, facts)
    second = flight_of(facts)
    board.launch(second)
    board.land(first.attempt_id, 3.0, again=False)
    board.land(second.attempt_id, 1.5, again=False)
    assert charged(board, facts) == pytest.approx(before + 4.5)


def test_a_late_winner_that_landed_before_is_charged_with_the_attempt_it_beats() -> None:
    facts = facts_of()
    board = board_with(facts)
    fly(board, facts, 1)
    before = charged(board, facts)
    second = fly(board, facts)
    board.owe(second.key, 2.5)
    board.land(second.attempt_id, 0.0, again=False)
    assert charged(board, facts) == pytest.approx(before + 2.5)
    board.owe(second.key, 9.0)  # it flies no more
    third = fly(board, facts)
    board.land(third.attempt_id, 0.0, again=False)
    assert charged(board, facts) == pytest.approx(before + 2.5)


def test_what_is_to_wait_again_waits_even_where_the_fair_queue_lost_its_flight() -> None:
    facts = facts_of()
    board = board_with(facts)
    flight = fly(board, facts)
    board.queue("default").finish(flight.key, 0.0)
    board.land(flight.attempt_id, 0.0, again=True)
    assert board.queue("default").waiting == 1
