"""How long an attempt may stand still, and when it is slow: by what its segment is expected to cost. Pure."""

from scheduler.board import Board, Flight

# Of what a frame is expected to cost: frames are not equal.
_FRAMES = 10.0
# Of `hang_seconds`, and of what the whole segment is expected to cost: engines start, sources are read up to the
# segment, and results are stored, without a frame being done.
_EDGES = 3.0


def seconds_of_patience(board: Board, flight: Flight, hang_seconds: float) -> float:
    """Seconds without progress after which an attempt hangs.

    In the middle of a segment, `hang_seconds` or ten times what a frame is expected to cost. Before its first
    frame and after its last, three times `hang_seconds` or what the whole segment is expected to cost.
    """
    expected, frames = expected_seconds(board, flight), frames_due(board, flight)
    if frames and 0 < flight.frames < frames:
        return max(hang_seconds, _FRAMES * expected / frames)
    return _EDGES * max(hang_seconds, expected)


def expected_seconds(board: Board, flight: Flight) -> float:
    """What the flight's segment is expected to cost, in GPU seconds; 0 where its job is not known."""
    facts = board.jobs.get(flight.job_id)
    return board.estimates.seconds(facts.cost_class, facts.seconds[flight.index]) if facts else 0.0


def frames_due(board: Board, flight: Flight) -> int:
    """About how many frames the flight's segment has; 0 where that is not known."""
    facts = board.jobs.get(flight.job_id)
    if facts is None or not facts.frames_total:
        return 0
    return round(facts.frames_total * facts.seconds[flight.index] / facts.seconds_total)


def is_slow(board: Board, flight: Flight, now: float, factor: float) -> bool:
    """Whether an attempt took `factor` times its estimate, and will take longer than a fresh one would."""
    expected, spent = expected_seconds(board, flight), now - (flight.started_at or now)
    if not expected or spent < factor * expected:
        return False
    frames = frames_due(board, flight)
    if not frames or not flight.frames:
        return True
    return spent * (frames - flight.frames) / flight.frames > expected
