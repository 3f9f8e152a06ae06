"""Log lines: of ours and of libraries, in the form that was asked for."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from visage import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield io.StringIO()
    root.handlers, root.level = handlers, level
    structlog.contextvars.clear_contextvars()


def test_a_line_of_json_bears_event_level_time_and_context(stream: io.StringIO) -> None:
    logs.configure("json", "info", stream, actor="merger")
    structlog.get_logger().info("joined", frames=3)
    line = json.loads(stream.getvalue())
    assert line.pop("timestamp")
    assert line == {"event": "joined", "frames": 3, "level": "info", "actor": "merger"}


def test_lines_below_the_level_are_not_written(stream: io.StringIO) -> None:
    logs.configure("json", "warning", stream)
    structlog.get_logger().info("silent")
    assert stream.getvalue() == ""


def test_libraries_come_out_the_same(stream: io.StringIO) -> None:
    logs.configure("json", "info", stream, actor="relay")
    logging.getLogger("some.library").warning("slow")
    assert json.loads(stream.getvalue())["event"] == "slow"
    assert json.loads(stream.getvalue())["actor"] == "relay"


def test_a_traceback_is_data_in_json(stream: io.StringIO) -> None:
    logs.configure("json", "info", stream)
    try:
        raise ValueError("odd")
    except ValueError:
        structlog.get_logger().exception("failed")
    assert json.loads(stream.getvalue())["exception"][0]["exc_value"] == "odd"


def test_a_person_reads_plain_text(stream: io.StringIO) -> None:
    logs.configure("console", "info", stream)
    structlog.get_logger().info("joined", frames=3)
    assert "joined" in stream.getvalue()
    assert "frames=3" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()
