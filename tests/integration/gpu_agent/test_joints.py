"""Nothing is to be seen where segments meet. `python -m benchmarks.exactness --full` measures more of it."""

from pathlib import Path

from benchmarks.exact import seams

from tests import films


def test_frames_at_joints_are_as_good_as_their_neighbors(tmp_path: Path) -> None:
    kind = "x264, variable rate"
    film = films.made("film", seams.FILMS[kind], tmp_path, seams.moving(tmp_path, 60, (240, 180)))
    seen = seams.compare(kind, film, tmp_path, 0.45)
    assert seen.segments >= 4
    assert seen.step <= 0.5, seen
    assert seen.swapped >= 50, seen
