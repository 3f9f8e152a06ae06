"""Following a log shows whole lines, each once."""

from pathlib import Path

from visage.follow import Tail


def test_only_what_is_added_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text("before\n")
    tail = Tail("a", path)
    assert tail.lines() == []
    path.write_text("before\none\ntwo\n")
    assert tail.lines() == ["one", "two"]
    assert tail.lines() == []


def test_half_a_line_waits_for_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    tail = Tail("a", path)
    path.write_text("hal")
    assert tail.lines() == []
    path.write_text("half\n")
    assert tail.lines() == ["half"]


def test_a_log_started_anew_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text("a long line of the past\n")
    tail = Tail("a", path)
    path.write_text("new\n")
    assert tail.lines() == ["new"]
